using System.Text;

namespace PushGateway.Core.Exposition;

/// <summary>The rules of OpenMetrics 1.0 for values, exemplars and units that the text format lacks.</summary>
internal static class OpenMetricsRules
{
    private const int MaxExemplarRunes = 128;
    private const int NanosPerSecond = 1_000_000_000;

    public static bool IsCounterValue(double value) => value >= 0;

    /// <summary>Whether a histogram, gauge histogram or summary can keep its type.</summary>
    public static bool IsValid(MetricType type, Metric metric) => type == MetricType.Summary
        ? IsValid(metric.Summary ?? new Summary())
        : IsValid(type, metric.Histogram ?? new Histogram());

    /// <summary>Whether the name ends in an underscore and the unit.</summary>
    public static bool IsUnitOf(ReadOnlySpan<byte> unit, ReadOnlySpan<byte> name) =>
        NameRules.IsLegacyMetricName([(byte)'_', .. unit])
        && name.Length > unit.Length + 1
        && name.EndsWith(unit)
        && name[^(unit.Length + 1)] == '_';

    public static bool IsValid(Exemplar exemplar)
    {
        int runes = 0;
        var names = new HashSet<Utf8String>();
        foreach (Label label in exemplar.Labels)
        {
            if (!NameRules.IsLegacyLabelName(label.Name.Span) || !label.Value.IsValidUtf8 || !names.Add(label.Name))
            {
                return false;
            }
            runes += label.Name.Length + CountRunes(label.Value.Span);
        }
        return runes <= MaxExemplarRunes && (exemplar.Timestamp is not { } time || IsValid(time));
    }

    public static bool IsValid(Timestamp time) => time.Seconds >= 0 && time.Nanos is >= 0 and < NanosPerSecond;

    private static bool IsValid(Summary summary)
    {
        var ranks = new HashSet<double>();
        foreach (Quantile quantile in summary.Quantiles)
        {
            if (quantile.Rank is not (>= 0 and <= 1) || quantile.Value < 0 || !ranks.Add(quantile.Rank))
            {
                return false;
            }
        }
        return (summary.SampleSum ?? 0) >= 0;
    }

    private static bool IsValid(MetricType type, Histogram histogram)
    {
        double bound = double.NaN;
        double count = 0;
        foreach (Bucket bucket in histogram.Buckets)
        {
            if (double.IsNaN(bucket.UpperBound) || bucket.UpperBound <= bound || !IsCountFrom(count, bucket.Count))
            {
                return false;
            }
            bound = bucket.UpperBound;
            count = bucket.Count;
        }
        bool hasNegativeBound = histogram.Buckets is [{ UpperBound: < 0 }, ..];
        return IsCountFrom(count, histogram.Count)
            && (!double.IsPositiveInfinity(bound) || count == histogram.Count)
            && IsSum(type, histogram.SampleSum ?? 0, hasNegativeBound);
    }

    /// <summary>The sum of a histogram must not be negative. A gauge histogram with negative buckets may have any sum.</summary>
    public static bool IsSum(MetricType type, double sum, bool hasNegativeBound) => type == MetricType.GaugeHistogram
        ? sum >= 0 || (hasNegativeBound && sum < 0)
        : sum >= 0 && !hasNegativeBound;

    /// <summary>Whether it is a whole number and not below the count of the previous bucket.</summary>
    private static bool IsCountFrom(double before, double count) => count >= before && Math.Floor(count) == count && double.IsFinite(count);

    private static int CountRunes(ReadOnlySpan<byte> utf8)
    {
        int runes = 0;
        foreach (Rune _ in Encoding.UTF8.GetString(utf8).EnumerateRunes())
        {
            runes++;
        }
        return runes;
    }
}
