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
