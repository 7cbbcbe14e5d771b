namespace PushGateway.Core.Store.Rendering;

/// <summary>Decides whether the lines of a family in the text format decode to exactly the same family.</summary>
internal static class TextRoundTrip
{
    /// <summary>The largest count that is exact as a float.</summary>
    private const ulong MaxExactCount = 1UL << 53;

    /// <summary>Whether all names follow the legacy rules, so that lines contain them unquoted.</summary>
    public static bool HasPlainNames(MetricFamily family)
    {
        if (!NameRules.IsLegacyMetricName(family.Name.Span))
        {
            return false;
        }
        foreach (Metric metric in family.Metrics)
        {
            foreach (ref readonly Label label in metric.Labels)
            {
                if (!NameRules.IsLegacyLabelName(label.Name.Span))
                {
                    return false;
                }
            }
        }
        return true;
    }

    /// <summary>
    /// Only for a family without faults and with plain names, since the lines of others may not parse. May return false for a
    /// lossless family, but never true for another one.
    /// </summary>
    /// <param name="series">The hashes of the family's metrics.</param>
    public static bool IsLossless(MetricFamily family, ReadOnlySpan<UInt128> series) =>
        family.Unit is null
        && family.Metrics.Count > 0
        && family.Metrics.TrueForAll(metric => IsLossless(family, metric))
        && (!IsAssembled(family.Type) || AreDistinct(series));

    /// <summary>Whether metrics have several lines, so that two with the same labels would decode as one.</summary>
    private static bool IsAssembled(MetricType type) =>
        type is MetricType.Summary or MetricType.Histogram or MetricType.GaugeHistogram;

    private static bool AreDistinct(ReadOnlySpan<UInt128> series)
    {
        var seen = new HashSet<UInt128>(series.Length);
        foreach (UInt128 hash in series)
        {
            if (!seen.Add(hash))
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsLossless(MetricFamily family, Metric metric)
    {
        if (metric.TimestampMs is not null)
        {
            return false;
        }
        return family.Type switch
        {
            MetricType.Counter or MetricType.Gauge or MetricType.Untyped =>
                metric.Exemplar is null && metric.Created is null && IsLossless(metric.Number),
            MetricType.Summary => IsLossless(metric.Summary!),
            _ => IsLossless(metric.Histogram!) && !HasLabel(metric, "le"u8),
        };
    }

    private static bool IsLossless(Summary summary) =>
        summary is { SampleCount: <= MaxExactCount, SampleSum: { } sum, Created: null }
        && IsLossless(sum)
        && summary.Quantiles.TrueForAll(quantile => IsLossless(quantile.Rank) && IsLossless(quantile.Value)
            && !double.IsNaN(quantile.Rank));

    private static bool IsLossless(Histogram histogram) =>
        histogram is
        {
            SampleCount: <= MaxExactCount,
            SampleCountFloat: null,
            SampleSum: { } sum,
            Created: null,
            Schema: null,
            ZeroThreshold: null,
            ZeroCount: null,
            ZeroCountFloat: null,
            IsNative: false,
            Exemplars: null or { Count: 0 },
            Buckets: [.., { UpperBound: double.PositiveInfinity }],
        }
        && IsLossless(sum)
        && HasNoNativeCounts(histogram.Negative) && HasNoNativeCounts(histogram.Positive)
        && histogram.Buckets.TrueForAll(IsLossless);

    private static bool IsLossless(Bucket bucket) =>
        bucket is { CumulativeCount: <= MaxExactCount, CumulativeCountFloat: null, Exemplar: null }
        && IsLossless(bucket.UpperBound)
        && !double.IsNaN(bucket.UpperBound);

    private static bool HasNoNativeCounts(NativeBuckets? buckets) =>
        buckets is null || buckets.Deltas.Count + buckets.Counts.Count == 0;

    private static bool HasLabel(Metric metric, ReadOnlySpan<byte> name)
    {
        foreach (Label label in metric.Labels)
        {
            if (label.Name.Span.SequenceEqual(name))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>False for -0, which is written as 0, and for NaNs with other bits than that of "NaN".</summary>
    public static bool IsLossless(double value) =>
        double.IsNaN(value)
            ? BitConverter.DoubleToUInt64Bits(value) == BitConverter.DoubleToUInt64Bits(GoNumber.NaN)
            : value != 0 || !double.IsNegative(value);
}
