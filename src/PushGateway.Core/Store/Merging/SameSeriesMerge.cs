using PushGateway.Core.Store.Output;

namespace PushGateway.Core.Store.Merging;

/// <summary>
/// Merges a family that has the series of the stored one in the same order, as most pushes of a job have, without decoding
/// the stored one.
/// </summary>
/// <remarks>
/// With decoding, sums of 20 series over HTTP had half the rate of POSTs that replace; without, more than 0.7 of it
/// (bench/compare/merge.py).
/// </remarks>
internal static class SameSeriesMerge
{
    /// <summary>Whether the stored numbers can be read line by line, if they are needed at all.</summary>
    public static bool IsPossible(in StoredFamily stored, MetricFamily pushed, GroupingKey key, MergeRule rule) =>
        stored.MetricCount == pushed.Metrics.Count
        && stored.Supplement.Message is null
        && (rule.Mode == MergeMode.Series || stored.IsLinePerMetric)
        && HasSameSeries(stored, pushed, key);

    /// <summary>Returns why a metric cannot be merged, with the metric; or null.</summary>
    public static string? Merge(
        in StoredFamily stored, MetricFamily pushed, MergeRule rule, out MetricFamily merged, out Metric? faulty)
    {
        faulty = null;
        bool isReplaced = rule.Mode == MergeMode.Series
            || (pushed.Type != MetricType.Counter && rule.Gauges == GaugeRule.Last);
        merged = pushed.WithMetrics(isReplaced ? pushed.Metrics : [.. pushed.Metrics]);
        merged.Help = pushed.Help ?? stored.Header.Help;
        if (isReplaced)
        {
            return null;
        }
        int[]? order = stored.Supplement.PushOrder;
        var reader = new SampleLineReader(stored);
        for (int line = 0; reader.TryReadLine(); line++)
        {
            int index = order is null ? line : order[line];
            Metric added = pushed.Metrics[index];
            Metric sum = added.WithLabels(added.Labels);
            _ = GoNumber.TryParse(reader.Value, out double number);
            sum.Number = number;
            if (MetricSum.Add(pushed.Type, sum, added, rule.Gauges) is { } fault)
            {
                faulty = added;
                return fault;
            }
            merged.Metrics[index] = sum;
        }
        return null;
    }

    private static bool HasSameSeries(in StoredFamily stored, MetricFamily pushed, GroupingKey key)
    {
        UInt128 name = SeriesHash.OfName(pushed.Name.Span);
        ReadOnlySpan<UInt128> series = stored.Series;
        for (int i = 0; i < series.Length; i++)
        {
            if (series[i] != name + key.HashLabels(pushed.Metrics[i].Labels))
            {
                return false;
            }
        }
        return true;
    }
}
