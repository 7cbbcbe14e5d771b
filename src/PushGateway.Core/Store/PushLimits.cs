using System.Globalization;

namespace PushGateway.Core.Store;

/// <summary>
/// Limits of a push, and of the store that it leads to. 0 means no limit. They apply to pushes only: stored and
/// restored groups stay.
/// </summary>
/// <param name="Series">Series in one push.</param>
/// <param name="Labels">Labels of one series, including those of its group.</param>
/// <param name="NameBytes">Bytes of the name of a metric or label.</param>
/// <param name="ValueBytes">Bytes of the value of a label.</param>
/// <param name="StoredSeries">Series in the store, push times included.</param>
/// <param name="StoredGroups">Groups in the store.</param>
public sealed record PushLimits(
    long Series = 0, long Labels = 0, long NameBytes = 0, long ValueBytes = 0, long StoredSeries = 0, long StoredGroups = 0)
{
    public static readonly PushLimits None = new();

    /// <summary>How many groups of its kind the group of the push may have beside it; null for no limit.</summary>
    public GroupQuota? Quota { get; init; }

    /// <summary>The limits that the body of a push to a group must not exceed.</summary>
    public BodyLimits OfBody(GroupingKey key) => new(Series, Labels, NameBytes, ValueBytes, key.Labels.Length);

    /// <summary>The limit of a push that it exceeds, or null.</summary>
    internal PushError? FindExcess(IReadOnlyList<MetricFamily> families, GroupingKey key)
    {
        long series = 0;
        foreach (MetricFamily family in families)
        {
            series += family.Metrics.Count;
        }
        if (Exceeds(series, Series))
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

    /// <summary>The limit of a push that its families exceed once they are merged with the stored ones, or null.</summary>
    /// <param name="series">With the push time.</param>
    internal PushError? FindMergedExcess(long series)
    {
        // The push time is not of the push.
        return Exceeds(series - 1, Series)
            ? Excess(
                LimitKind.Series,
                $"the families of the push would have {series - 1} series with the stored ones, and at most {Series} are allowed")
            : null;
    }

    /// <summary>The limit of the store that a push would exceed, or null.</summary>
    internal PushError? FindStoredExcess(long series, long seriesBefore, long groups, bool isNewGroup)
    {
        if (isNewGroup && Exceeds(groups + 1, StoredGroups))
        {
            return Excess(LimitKind.StoredGroups, $"{groups} groups are stored, and at most {StoredGroups} are allowed");
        }
        if (isNewGroup && Quota is { } quota && quota.Count + 1 > quota.Max)
        {
            return Excess(
                LimitKind.RuleGroups, $"{quota.Count} groups of the rule {quota.Name} are stored, and at most {quota.Max} are allowed");
        }
        return series > seriesBefore && Exceeds(series, StoredSeries)
            ? Excess(
                LimitKind.StoredSeries,
                $"{series} series would be stored with this push, and at most {StoredSeries} are allowed")
            : null;
    }

    private PushError? FindExcess(MetricFamily family, GroupingKey key)
    {
        if (Exceeds(family.Name.Length, NameBytes))
        {
            return Excess(
                LimitKind.NameLength, $"a metric name has {family.Name.Length} bytes, and at most {NameBytes} are allowed");
        }
        foreach (Metric metric in family.Metrics)
        {
            ReadOnlySpan<Label> labels = metric.Labels.Span;
            long count = (long)labels.Length + key.Labels.Length;
            if (Exceeds(count, Labels))
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
        Exceeds(label.Name.Length, NameBytes)
            ? Excess(
                LimitKind.NameLength,
                $"a label name of {where} has {label.Name.Length} bytes, and at most {NameBytes} are allowed")
        : Exceeds(label.Value.Length, ValueBytes)
            ? Excess(
                LimitKind.ValueLength,
                $"a label value of {where} has {label.Value.Length} bytes, and at most {ValueBytes} are allowed")
        : null;

    private static bool Exceeds(long number, long limit) => limit > 0 && number > limit;

    private static PushError Excess(LimitKind limit, FormattableString message) =>
        new(message.ToString(CultureInfo.InvariantCulture)) { Limit = limit };
}

/// <summary>
/// The size of a push when its samples are rendered, each with its own labels and those of its group.
/// </summary>
/// <remarks>
/// A body has a label once, an exposition has it with each bucket and quantile, and the group's labels with each
/// sample. A body of a megabyte can become a scrape of many gigabytes.
/// </remarks>
internal static class RenderedSize
{
    /// <summary>The maximum rendered size of a push.</summary>
    public const long MaxBytes = 512 << 20;

    /// <summary>The bytes of names and values. Those of numbers and punctuation are proportional to the body.</summary>
    public static long Of(IReadOnlyList<MetricFamily> families, GroupingKey key)
    {
        long keyBytes = LengthOf(key.SeriesLabels);
        long bytes = 0;
        foreach (MetricFamily family in families)
        {
            bytes += Of(family, keyBytes);
        }
        return bytes;
    }

    /// <summary>The same for a family whose metrics have the labels of their group.</summary>
    public static long OfLabelled(MetricFamily family) => Of(family, keyBytes: 0);

    private static long Of(MetricFamily family, long keyBytes)
    {
        long bytes = 0;
        foreach (Metric metric in family.Metrics)
        {
            bytes += SampleCount(metric) * (family.Name.Length + LengthOf(metric.Labels) + keyBytes);
        }
        return bytes;
    }

    /// <summary>
    /// About the rendered size of metrics that have the labels of their group, with numbers and punctuation, and somewhat more
    /// than that. Names that need quotes or escapes take more.
    /// </summary>
    /// <remarks>What is an eighth too much costs a copy of everything.</remarks>
    public static long Estimate(ReadOnlySpan<MetricFamily> families)
    {
        const int BytesPerSample = 3;
        const int BytesPerLabel = 4;
        const int BytesPerPart = 13; // _bucket{le=""}
        const int MarginDivisor = 32;
        long bytes = 0;
        foreach (MetricFamily family in families)
        {
            int numberBytes = MeanLength(family.Metrics.Count, i => NumberOf(family.Metrics[i]));
            int boundBytes = family.Metrics is [{ Histogram.Buckets: var buckets }, ..]
                ? MeanLength(buckets.Count, i => buckets[i].UpperBound)
                : 0;
            foreach (Metric metric in family.Metrics)
            {
                long labels = LengthOf(metric.Labels) + (BytesPerLabel * metric.Labels.Length);
                long samples = SampleCount(metric);
                bytes += samples * (family.Name.Length + labels + BytesPerSample + numberBytes);
                bytes += (samples - 1) * (BytesPerPart + boundBytes);
            }
        }
        return bytes + (bytes / MarginDivisor) + GoNumber.MaxLength;
    }

    private static double NumberOf(Metric metric) =>
        metric.Histogram is { Buckets: [.., var last] } ? last.Count : metric.Number;

    /// <summary>Of some numbers, as they are written; rounded up.</summary>
    private static int MeanLength(int count, Func<int, double> numberAt)
    {
        const int MaxLooked = 64;
        Span<byte> number = stackalloc byte[GoNumber.MaxLength];
        int step = Math.Max(count / MaxLooked, 1);
        int looked = 0;
        int bytes = 0;
        for (int i = 0; i < count; i += step)
        {
            bytes += GoNumber.Format(numberAt(i), number);
            looked++;
        }
        return looked == 0 ? 0 : ((bytes - 1) / looked) + 1;
    }

    /// <summary>The samples of a family; its histograms and summaries have many each.</summary>
    public static long SampleCount(MetricFamily family)
    {
        if (family.Type is MetricType.Counter or MetricType.Gauge or MetricType.Untyped)
        {
            return family.Metrics.Count;
        }
        long samples = 0;
        foreach (Metric metric in family.Metrics)
        {
            samples += SampleCount(metric);
        }
        return samples;
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
