using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>A pushed family, ready to be stored: given its group's labels, checked by itself, and rendered.</summary>
internal sealed class PreparedFamily
{
    private readonly MetricFamily _family;
    private readonly SortedList<int, string> _faults;

    private PreparedFamily(MetricFamily family, SortedList<int, string> faults, StoredFamily stored)
    {
        _family = family;
        _faults = faults;
        Stored = stored;
    }

    public StoredFamily Stored { get; }

    /// <summary>A family that is stored without having been pushed: a push time.</summary>
    public static PreparedFamily Of(StoredFamily stored) => new(stored.Decode(), [], stored);

    /// <summary>Takes the family over: its metrics get the key's labels.</summary>
    public static PreparedFamily Prepare(MetricFamily family, GroupingKey key, long at)
    {
        var faults = new SortedList<int, string>();
        for (int i = 0; i < family.Metrics.Count; i++)
        {
            Metric metric = family.Metrics[i];
            metric.Labels = LabelMerge.Merge(metric.Labels, key);
            if (MetricCheck.FindFault(family, metric) is { } fault)
            {
                faults.Add(i, fault);
            }
        }
        return new PreparedFamily(family, faults, StoredFamily.Render(family, at, faults.Count > 0));
    }

    /// <summary>All that is wrong with the family, metric by metric.</summary>
    /// <param name="conflicts">Those of this family. One that is about the whole family is the only thing told.</param>
    public IEnumerable<string> Describe(IReadOnlyList<Conflict> conflicts)
    {
        if (conflicts is [{ Metric: < 0 } whole, ..])
        {
            return whole.Describe(_family);
        }
        var errors = new SortedList<int, string>(_faults);
        foreach (Conflict conflict in conflicts)
        {
            if (!_faults.ContainsKey(conflict.Metric))
            {
                errors[conflict.Metric] = conflict.Describe(_family).First();
            }
        }
        return errors.Values;
    }
}
