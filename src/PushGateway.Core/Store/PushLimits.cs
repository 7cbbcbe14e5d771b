using System.Globalization;
using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>
/// What a push may have at most, and what it may bring the store to. 0 is no limit. Only what is pushed is held to them: what is
/// stored already, or restored, stays.
/// </summary>
/// <param name="Series">In one push.</param>
/// <param name="Labels">Of one series, with those of its group.</param>
/// <param name="NameBytes">Of the name of a metric or label.</param>
/// <param name="ValueBytes">Of the value of a label.</param>
/// <param name="StoredSeries">In the store, push times included.</param>
/// <param name="StoredGroups">In the store.</param>
public sealed record PushLimits(
    long Series = 0, long Labels = 0, long NameBytes = 0, long ValueBytes = 0, long StoredSeries = 0, long StoredGroups = 0)
{
    public static readonly PushLimits None = new();

    /// <summary>What a push has too much of by itself, or null.</summary>
    internal PushError? FindExcess(IReadOnlyList<MetricFamily> families, GroupingKey key)
    {
        long series = 0;
        foreach (MetricFamily family in families)
        {
            series += family.Metrics.Count;
        }
        if (IsBeyond(series, Series))
        {
            return Excess(LimitKind.Series, $"the push has {series} series, and at most {Series} are allowed");
        }
        foreach (Label label in key.Labels)
        {
            if (FindExcess(label, "the URL") is { } excess)
            {
                return excess;
            }
        }
        foreach (MetricFamily family in families)
        {
            if (FindExcess(family, key) is { } excess)
            {
                return excess;
            }
        }
        return null;
    }

    /// <summary>What the store would have too much of, or null.</summary>
    internal PushError? FindStoredExcess(long series, long seriesBefore, long groups, bool isNewGroup)
    {
        if (isNewGroup && IsBeyond(groups + 1, StoredGroups))
        {
            return Excess(LimitKind.StoredGroups, $"{groups} groups are stored, and at most {StoredGroups} are allowed");
        }
        return series > seriesBefore && IsBeyond(series, StoredSeries)
            ? Excess(
                LimitKind.StoredSeries,
                $"{series} series would be stored with this push, and at most {StoredSeries} are allowed")
            : null;
    }

    private PushError? FindExcess(MetricFamily family, GroupingKey key)
    {
        if (IsBeyond(family.Name.Length, NameBytes))
        {
            return Excess(
                LimitKind.NameLength, $"a metric name has {family.Name.Length} bytes, and at most {NameBytes} are allowed");
        }
        foreach (Metric metric in family.Metrics)
        {
            ReadOnlySpan<Label> labels = metric.Labels.Span;
            long count = (long)labels.Length + key.Labels.Length;
            if (IsBeyond(count, Labels))
            {
                string name = GoQuote.Quote(family.Name.Span);
                return Excess(
                    LimitKind.Labels,
                    $"a series of {name} has {count} labels with those of its group, and at most {Labels} are allowed");
            }
            foreach (ref readonly Label label in labels)
            {
                if (FindExcess(label, "a series") is { } excess)
                {
                    return excess;
                }
            }
        }
        return null;
    }

    private PushError? FindExcess(in Label label, string where) =>
        IsBeyond(label.Name.Length, NameBytes)
            ? Excess(
                LimitKind.NameLength,
                $"a label name of {where} has {label.Name.Length} bytes, and at most {NameBytes} are allowed")
        : IsBeyond(label.Value.Length, ValueBytes)
            ? Excess(
                LimitKind.ValueLength,
                $"a label value of {where} has {label.Value.Length} bytes, and at most {ValueBytes} are allowed")
        : null;

    private static bool IsBeyond(long number, long limit) => limit > 0 && number > limit;

    private static PushError Excess(LimitKind limit, FormattableString message) =>
        new(message.ToString(CultureInfo.InvariantCulture)) { Limit = limit };
}

/// <summary>How large a push becomes when its samples are written out, each with its own labels and its group's.</summary>
/// <remarks>
/// A label is stored once but scraped with each bucket and quantile, and the group's labels with each sample: a body of
/// a megabyte can stand for a scrape of many gigabytes, which nobody could take.
/// </remarks>
internal static class RenderedSize
{
    /// <summary>What a push may become at most, in bytes.</summary>
    public const long MaxBytes = 512 << 20;

    /// <summary>The bytes of names and values; those of numbers and punctuation are in proportion to the body.</summary>
    public static long Of(IReadOnlyList<MetricFamily> families, GroupingKey key)
    {
        long keyBytes = LengthOf(key.SeriesLabels);
        long bytes = 0;
        foreach (MetricFamily family in families)
        {
            foreach (Metric metric in family.Metrics)
            {
                bytes += SampleCount(metric) * (family.Name.Length + LengthOf(metric.Labels) + keyBytes);
            }
        }
        return bytes;
    }

    private static long SampleCount(Metric metric) =>
        1 + (metric.Histogram?.Buckets.Count ?? 0) + (metric.Summary?.Quantiles.Count ?? 0);

    private static long LengthOf(ReadOnlySpan<Label> labels)
    {
        long length = 0;
        foreach (Label label in labels)
        {
            length += label.Name.Length + label.Value.Length;
        }
        return length;
    }
}
