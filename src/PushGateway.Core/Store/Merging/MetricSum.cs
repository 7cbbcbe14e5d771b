namespace PushGateway.Core.Store.Merging;

/// <summary>Adds pushed metrics to stored ones of the same type and labels.</summary>
internal static class MetricSum
{
    /// <summary>Why a pushed metric cannot be added to any other, or null.</summary>
    public static string? FindFault(MetricType type, Metric pushed, GaugeRule gauges) => type switch
    {
        MetricType.Counter when !IsCount(pushed.Number) => "a counter must be neither NaN nor negative",
        MetricType.Histogram => HistogramSum.FindFault(pushed.Histogram!),
        MetricType.GaugeHistogram when gauges is GaugeRule.Max or GaugeRule.Min =>
            "gauge histograms have neither a maximum nor a minimum",
        MetricType.GaugeHistogram when gauges == GaugeRule.Sum => HistogramSum.FindFault(pushed.Histogram!),
        _ => null,
    };

    /// <summary>The stored form of the first family of a name.</summary>
    public static MetricFamily AsFirst(MetricFamily pushed) => pushed.Type == MetricType.Summary
        ? pushed.WithMetrics(pushed.Metrics.ConvertAll(AsFirst))
        : pushed;

    /// <summary>The stored form of the first metric, without quantiles, which cannot be added.</summary>
    public static Metric AsFirst(Metric pushed)
    {
        if (pushed.Summary is not { Quantiles.Count: > 0 } summary)
        {
            return pushed;
        }
        Metric first = pushed.WithLabels(pushed.Labels);
        first.Summary = new Summary
        {
            SampleCount = summary.SampleCount,
            SampleSum = summary.SampleSum,
            Created = summary.Created,
        };
        return first;
    }

    /// <summary>Adds to a metric. Returns the reason if that is impossible, or null.</summary>
    public static string? Add(MetricType type, Metric sum, Metric pushed, GaugeRule gauges)
    {
        switch (type)
        {
            case MetricType.Counter:
                return AddCounter(sum, pushed);
            case MetricType.Histogram:
            case MetricType.GaugeHistogram when gauges == GaugeRule.Sum:
                return HistogramSum.Add(sum.Histogram!, pushed.Histogram!);
            case MetricType.GaugeHistogram:
                sum.Histogram = pushed.Histogram;
                return null;
            case MetricType.Summary:
                return AddSummary(sum, pushed.Summary!);
            default:
                sum.Number = Combine(sum.Number, pushed.Number, gauges);
                sum.IsNumberAbsent = false;
                return null;
        }
    }

    private static string? AddCounter(Metric sum, Metric pushed)
    {
        if (!IsCount(sum.Number))
        {
            return $"the stored counter is {GoNumber.Format(sum.Number)}";
        }
        sum.Number += pushed.Number;
        sum.IsNumberAbsent = false;

        // Other metrics need no object for these.
        if ((sum.Created ?? pushed.Created) is not null)
        {
            sum.Created = Earliest(sum.Created, pushed.Created);
        }
        if (pushed.Exemplar is not null)
        {
            sum.Exemplar = Exemplars.Newer(sum.Exemplar, pushed.Exemplar);
        }
        return null;
    }

    private static string? AddSummary(Metric sum, Summary pushed)
    {
        Summary stored = sum.Summary!;
        if (!SampleCounts.TryAdd(stored.SampleCount, pushed.SampleCount, out ulong? count))
        {
            return SampleCounts.TooLarge;
        }
        sum.Summary = new Summary
        {
            SampleCount = count,
            SampleSum = SampleCounts.Add(stored.SampleSum, pushed.SampleSum),
            Created = Earliest(stored.Created, pushed.Created),
        };
        return null;
    }

    /// <summary>A number replaces a NaN. The rule "last" always selects the last value.</summary>
    internal static double Combine(double stored, double pushed, GaugeRule rule) => rule switch
    {
        GaugeRule.Max => double.MaxNumber(stored, pushed),
        GaugeRule.Min => double.MinNumber(stored, pushed),
        GaugeRule.Sum => stored + pushed,
        _ => pushed,
    };

    internal static Timestamp? Earliest(Timestamp? left, Timestamp? right) =>
        left is not { } a ? right
        : right is not { } b ? left
        : (a.Seconds, a.Nanos).CompareTo((b.Seconds, b.Nanos)) <= 0 ? left : right;

    internal static bool IsCount(double value) => value >= 0;
}
