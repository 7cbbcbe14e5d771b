using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>A pushed family, ready to be stored: given its group's labels, checked by itself, and rendered.</summary>
internal sealed class PreparedFamily
{
    private static readonly List<int> NoFaults = [];

    private readonly MetricFamily _family;

    /// <summary>Which metrics are at fault, in order. What is wrong is worked out only when it is told.</summary>
    private readonly List<int> _faults;

    private PreparedFamily(MetricFamily family, List<int> faults, StoredFamily stored)
    {
        _family = family;
        _faults = faults;
        Stored = stored;
    }

    public StoredFamily Stored { get; }

    /// <summary>Takes the family over: its metrics get the key's labels.</summary>
    public static PreparedFamily Prepare(MetricFamily family, GroupingKey key, long at)
    {
        List<int> faults = NoFaults;
        for (int i = 0; i < family.Metrics.Count; i++)
        {
            Metric metric = family.Metrics[i];
            metric.Labels = LabelMerge.Merge(metric.Labels, key);
            if (MetricCheck.FindFault(family, metric) is not null)
            {
                faults = faults.Count > 0 ? faults : [];
                faults.Add(i);
            }
        }
        return new PreparedFamily(family, faults, StoredFamily.Render(family, key, at, faults.Count > 0));
    }

    /// <summary>A push time that the gateway adds: it has no faults, but may clash like any other family.</summary>
    public static PreparedFamily OfGateway(StoredFamily pushTime) => new(pushTime.Decode(), NoFaults, pushTime);

    /// <summary>All that is wrong with the family, metric by metric.</summary>
    /// <param name="conflicts">Those of this family. One that is about the whole family is the only thing told.</param>
    public IEnumerable<string> Describe(IReadOnlyList<Conflict> conflicts)
    {
        if (conflicts is [{ Metric: < 0 } whole, ..])
        {
            return whole.Describe(_family);
        }
        return new SortedSet<int>(_faults.Concat(conflicts.Select(conflict => conflict.Metric)))
            .Select(index => _family.Metrics[index])
            .Select(metric =>
                MetricCheck.FindFault(_family, metric) ?? MetricCheck.CollectedBefore(_family.Name, metric));
    }
}
