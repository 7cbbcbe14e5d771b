using PushGateway.Core.Store.Consistency;

namespace PushGateway.Core.Store.Merging;

/// <summary>Merges the families of a push with the stored ones of the same names.</summary>
/// <remarks>
/// All metrics of the push have the labels of their group. It changes nothing of the push, so that a merge can be tried
/// again with a newer group.
/// </remarks>
internal sealed class FamilyMerger(GroupingKey key, MergeRule rule)
{
    private bool IsSum => rule.Mode == MergeMode.Sum;

    /// <summary>Merges all families. Returns why one cannot be merged, or null.</summary>
    /// <param name="pushed">Sorted by name, each name once.</param>
    /// <param name="merged">The families of the push as the group has them after it.</param>
    public PushError? Merge(ReadOnlySpan<MetricFamily> pushed, MetricGroup? group, out MetricFamily[] merged)
    {
        var families = new List<MetricFamily>(pushed.Length);
        merged = [];
        foreach (MetricFamily family in pushed)
        {
            bool isPushTime = PushTimestamps.IsPushTime(family.Name);
            StoredFamily? stored = isPushTime ? null : group?.Find(family.Name);
            if (!isPushTime && FindFault(family, stored) is { } fault)
            {
                return fault;
            }
            if (stored is { MetricCount: > 0 } older)
            {
                if (MergeInto(older, family, out MetricFamily both) is { } mismatch)
                {
                    return mismatch;
                }
                families.Add(both);
            }
            else
            {
                families.Add(IsSum && !isPushTime ? MetricSum.AsFirst(family) : family);
            }
        }
        merged = [.. families];
        return null;
    }

    /// <summary>What is wrong with a pushed family, whatever is stored.</summary>
    private PushError? FindFault(MetricFamily pushed, in StoredFamily? stored)
    {
        foreach (Metric metric in pushed.Metrics)
        {
            if (!MetricRules.Fits(pushed.Type, metric.ValueType))
            {
                return new PushError(MetricRules.NotA(pushed.Name, metric, pushed.Type)) { IsOfMerge = true };
            }
            if (stored is { MetricCount: > 0, Header.Type: var type } && type != pushed.Type)
            {
                return Fault(pushed, metric, $"cannot be merged: the stored family is a {type.ProtoName()}");
            }
            if (IsSum && MetricSum.FindFault(pushed.Type, metric, rule.Gauges) is { } reason)
            {
                return Fault(pushed, metric, $"cannot be added: {reason}");
            }
        }
        return null;
    }

    /// <summary>Puts pushed metrics in the places of those with the same labels, and the others behind all.</summary>
    private PushError? MergeInto(in StoredFamily stored, MetricFamily pushed, out MetricFamily merged)
    {
        if (SameSeriesMerge.IsPossible(stored, pushed, key, rule))
        {
            return SameSeriesMerge.Merge(stored, pushed, rule, out merged, out Metric? faulty) is { } reason
                ? Fault(pushed, faulty!, $"cannot be added: {reason}")
                : null;
        }
        MetricFamily older = stored.Decode();
        merged = older.WithMetrics([.. older.Metrics]);
        merged.Help = pushed.Help ?? older.Help;
        merged.Unit = pushed.Unit ?? older.Unit;
        var places = new SeriesPlaces(stored.Series, SeriesHash.OfName(pushed.Name.Span));
        foreach (Metric metric in pushed.Metrics)
        {
            SeriesPlace place = places.Find(key.HashLabels(metric.Labels));
            if (place.IsTaken)
            {
                return new PushError(MetricRules.CollectedBefore(pushed.Name, metric)) { IsOfMerge = true };
            }
            if (place.Index is not { } index)
            {
                merged.Metrics.Add(IsSum ? MetricSum.AsFirst(metric) : metric);
            }
            else if (!IsSum)
            {
                merged.Metrics[index] = metric;
            }
            else if (Add(merged, index, metric) is { } fault)
            {
                return fault;
            }
        }
        return null;
    }

    private PushError? Add(MetricFamily merged, int index, Metric pushed)
    {
        Metric sum = merged.Metrics[index];
        if (!MetricRules.Fits(merged.Type, sum.ValueType))
        {
            return new PushError(MetricRules.NotA(merged.Name, sum, merged.Type)) { IsOfMerge = true };
        }

        // The key recognizes these labels by the memory that they view, and need not hash them again.
        sum.Labels = pushed.Labels;
        return MetricSum.Add(merged.Type, sum, pushed, rule.Gauges) is { } reason
            ? Fault(merged, pushed, $"cannot be added: {reason}")
            : null;
    }

    private static PushError Fault(MetricFamily family, Metric metric, string fault) =>
        new(MetricRules.Describe(family.Name, metric, fault)) { IsOfMerge = true };
}
