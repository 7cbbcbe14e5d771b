namespace PushGateway.Core.Parsing;

/// <summary>
/// The specification's rules for the values and lines of a metric. Each method returns a description of the expected
/// input, or null.
/// </summary>
/// <remarks>
/// Source: OpenMetrics 1.0, "Metric Types". Prometheus checks none of these rules, and stores values that later break
/// <c>rate</c> and <c>histogram_quantile</c>. Two deviations are accepted, since common clients send them and they break
/// nothing: an exemplar above its bucket, and the sum of a histogram with negative bounds.
/// </remarks>
internal static class OpenMetricsValueRules
{
    private const string NotNegative = "a number of at least 0";
    private const string Whole = "a whole number of at least 0";
    private const double CountLimit = 18446744073709551616.0;

    /// <summary>Checks a value of a type other than histogram and summary.</summary>
    public static string? FindFault(OpenMetricsType type, double value) => type switch
    {
        OpenMetricsType.Counter when !(value >= 0) => NotNegative,
        OpenMetricsType.StateSet when value is not (0 or 1) => "0 or 1, the value of a state",
        OpenMetricsType.Info when value is not 1 => "1, the value of an info metric",
        _ => null,
    };

    /// <summary>Checks a sample of a histogram against the previous samples.</summary>
    public static string? FindFault(Histogram histogram, SampleRole role, double bound, double value)
    {
        if (role == SampleRole.Sum)
        {
            return double.IsNaN(value) ? "a sum other than NaN" : null;
        }
        if (!IsWhole(value))
        {
            return Whole;
        }
        return role == SampleRole.Bucket && histogram.Buckets is [.., Bucket last] ? FindFault(last, bound, value) : null;
    }

    /// <summary>Checks a sample of a summary.</summary>
    public static string? FindFault(SampleRole role, double quantile, double value) => role switch
    {
        SampleRole.Value when quantile is not (>= 0 and <= 1) => "a quantile from 0 to 1",
        SampleRole.Value when value < 0 => "a number of at least 0, or NaN",
        SampleRole.Count when !IsWhole(value) => Whole,
        SampleRole.Count when value >= CountLimit => "a number below 2^64",
        SampleRole.Sum when !(value >= 0) => NotNegative,
        _ => null,
    };

    /// <summary>Checks a metric after its last line. Completes a histogram.</summary>
    public static string? FindMissing(OpenMetricsFamilyState family, Metric metric)
    {
        if (metric.Histogram is { } histogram)
        {
            return FindMissing(histogram) is { } missing ? $"{missing} of {Describe(family.Name, metric)}" : null;
        }
        if (metric.Summary is { } summary)
        {
            return HasRepeated(summary.Quantiles) ? $"each quantile of {Describe(family.Name, metric)} once" : null;
        }
        return metric.ValueType is null ? $"the sample _total of {Describe(family.Name, metric)}" : null;
    }

    private static string? FindFault(Bucket previous, double bound, double value)
    {
        if (!(bound > previous.UpperBound))
        {
            return $"a bucket above that of le=\"{GoNumber.Format(previous.UpperBound)}\"";
        }
        return value < previous.Count
            ? $"a count of at least {GoNumber.Format(previous.Count)}, as in the bucket before"
            : null;
    }

    private static string? FindMissing(Histogram histogram)
    {
        if (histogram.Buckets is not [.., { UpperBound: double.PositiveInfinity } last])
        {
            return "a bucket of le=\"+Inf\"";
        }
        bool hasCount = HasCount(histogram);
        if (hasCount != histogram.SampleSum is not null)
        {
            return !hasCount ? "a count beside the sum" : "a sum beside the count";
        }
        if (histogram.SampleSum < 0 && histogram.Buckets[0].UpperBound >= 0)
        {
            return "no negative sum";
        }
        if (!hasCount)
        {
            (histogram.SampleCount, histogram.SampleCountFloat) = (last.CumulativeCount, last.CumulativeCountFloat);
        }
        DistributionBuilder.UnifyCounts(histogram);
        return histogram.Count == histogram.Buckets[^1].Count ? null : "a count like that of the bucket +Inf";
    }

    public static bool HasCount(Histogram histogram) => histogram is not { SampleCount: null, SampleCountFloat: null };

    private static bool HasRepeated(List<Quantile> quantiles)
    {
        double[] ranks = [.. quantiles.Select(quantile => quantile.Rank)];
        Array.Sort(ranks);
        for (int i = 1; i < ranks.Length; i++)
        {
            if (ranks[i] == ranks[i - 1])
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Counts of 2^64 and more are floats.</summary>
    private static bool IsWhole(double value) => value >= 0 && double.IsFinite(value) && Math.Floor(value) == value;

    private static string Describe(Utf8String family, Metric metric)
    {
        string labels = string.Join(',', metric.Labels.Select(label => $"{label.Name}={GoQuote.Quote(label.Value.Span)}"));
        return labels.Length == 0 ? GoQuote.Quote(family.Span) : $"{GoQuote.Quote(family.Span)} with {{{labels}}}";
    }
}
