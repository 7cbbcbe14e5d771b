using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Selectors;

/// <summary>The series that at least one of several selectors selects, group by group. Not thread-safe.</summary>
public sealed class SeriesSelection(IReadOnlyList<Selector> selectors)
{
    private readonly SelectorScan[] _scans = [.. selectors.Select(selector => new SelectorScan(selector))];

    /// <summary>Begins a group. False if none of its series is selected.</summary>
    public bool Begin(MetricGroup group)
    {
        bool any = false;
        foreach (SelectorScan scan in _scans)
        {
            any |= scan.Matches(group);
        }
        return any;
    }

    /// <summary>The selected metrics of a family of that group, in the order of the push; null for none.</summary>
    public IReadOnlyList<Metric>? Choose(in StoredFamily family)
    {
        var scans = new List<SelectorScan>();
        foreach (SelectorScan scan in _scans)
        {
            if (scan.IsOpen && scan.HasName(family.Header) && scan.MaySelectSeriesOf(family))
            {
                scans.Add(scan);
            }
        }
        if (scans.Count == 0)
        {
            return null;
        }
        List<Metric> metrics = family.Decode().Metrics;
        metrics.RemoveAll(metric => !scans.Exists(scan => scan.SelectsMetric(metric)));
        return metrics.Count == 0 ? null : metrics;
    }
}
