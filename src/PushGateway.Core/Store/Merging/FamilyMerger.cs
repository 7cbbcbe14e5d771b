using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Store.Rendering;

namespace PushGateway.Core.Store.Merging;

/// <summary>Merges the families of a push with the stored ones of the same names.</summary>
/// <remarks>
/// All metrics of the push have the labels of their group. Does not change the push, so that a merge can be repeated with a
/// newer group.
/// </remarks>
internal sealed class FamilyMerger
{
    private readonly PushCommand _push;
    private readonly MergeRule _rule;
    private readonly MetricFamily[] _pushed;

    /// <summary>The hash of each pushed metric's name and labels.</summary>
    private readonly UInt128[] _series;

    /// <param name="pushed">The families of the push, sorted by name, each name once.</param>
    public FamilyMerger(PushCommand push, MetricFamily[] pushed)
    {
        _push = push;
        _rule = push.Merge!;
        _pushed = pushed;
        _series = new UInt128[pushed.Sum(family => family.Metrics.Count)];
        int next = 0;
        foreach (MetricFamily family in pushed)
        {
            FamilyRenderer.Hash(family, push.Key, _series.AsSpan(next, family.Metrics.Count));
            next += family.Metrics.Count;
        }
    }

    private bool IsSum => _rule.Mode == MergeMode.Sum;

    /// <summary>Merges all families with those of a group. Returns the reason if that is impossible, or null.</summary>
    /// <param name="merged">The families of the push after the merge.</param>
    public PushError? Merge(MetricGroup? group, out StoredFamily[] merged)
    {
        merged = [];
        var families = new MetricFamily[_pushed.Length];
        var sums = new LineSum?[_pushed.Length];
        int next = 0;
        for (int i = 0; i < families.Length; i++)
        {
            ReadOnlySpan<UInt128> series = _series.AsSpan(next, _pushed[i].Metrics.Count);
            next += series.Length;
            if (Merge(_pushed[i], series, group, out families[i], out sums[i]) is { } fault)
            {
                return fault;
            }
        }
        if (FindExcess(families, sums) is { } excess)
        {
            return excess;
        }
        merged = FamilyRenderer.RenderLabelled(families, _push.Key, _push.At, sums);
        return null;
    }

    /// <param name="merged">The merged family; undefined if there is a sum.</param>
    private PushError? Merge(
        MetricFamily pushed, ReadOnlySpan<UInt128> series, MetricGroup? group, out MetricFamily merged, out LineSum? sum)
    {
        merged = pushed;
        sum = null;
        if (PushTimestamps.IsPushTime(pushed.Name))
        {
            return null;
        }
        StoredFamily? stored = group?.Find(pushed.Name);
        if ((FindFault(pushed, stored) ?? FindRepeated(pushed, series)) is { } fault)
        {
            return fault;
        }
        if (stored is not { MetricCount: > 0 } older)
        {
            merged = IsSum ? MetricSum.AsFirst(pushed) : pushed;
            return null;
        }
        sum = LineSum.TryAdd(older, pushed, series, _rule);
        return sum is null ? MergeInto(older, pushed, series, out merged) : null;
    }

    private PushError? FindExcess(MetricFamily[] families, LineSum?[] sums)
    {
        long series = 0;
        long bytes = 0;
        for (int i = 0; i < families.Length; i++)
        {
            series += sums[i]?.SeriesCount ?? families[i].Metrics.Count;
            bytes += sums[i]?.MaxLength ?? RenderedSize.OfLabelled(families[i]);
        }
        return _push.Limits.FindMergedExcess(series)
            ?? (bytes > RenderedSize.MaxBytes
                ? new PushError("the merged metrics are too large once each sample has all its labels")
                : null);
    }

    /// <summary>The error of a pushed family, independent of the stored ones; null for none.</summary>
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
            if (IsSum && MetricSum.FindFault(pushed.Type, metric, _rule.Gauges) is { } reason)
            {
                return Fault(pushed, metric, $"cannot be added: {reason}");
            }
        }
        return null;
    }

    /// <summary>A duplicate series in an unchecked push. In other pushes, the consistency check finds it.</summary>
    private PushError? FindRepeated(MetricFamily pushed, ReadOnlySpan<UInt128> series)
    {
        if (_push.Check == PushCheck.Checked)
        {
            return null;
        }
        var seen = new HashSet<UInt128>(series.Length);
        for (int i = 0; i < series.Length; i++)
        {
            if (!seen.Add(series[i]))
            {
                return new PushError(MetricRules.CollectedBefore(pushed.Name, pushed.Metrics[i])) { IsOfMerge = true };
            }
        }
        return null;
    }

    /// <summary>Puts pushed metrics in the places of stored ones with the same labels, and the others at the end.</summary>
    private PushError? MergeInto(
        in StoredFamily stored, MetricFamily pushed, ReadOnlySpan<UInt128> series, out MetricFamily merged)
    {
        if (!IsSum && stored.Supplement.Message is null && stored.Series.SequenceEqual(series))
        {
            merged = pushed.WithMetrics(pushed.Metrics);
            merged.Help = pushed.Help ?? stored.Header.Help;
            return null;
        }
        MetricFamily older = stored.Decode();
        merged = older.WithMetrics([.. older.Metrics]);
        merged.Help = pushed.Help ?? older.Help;
        merged.Unit = pushed.Unit ?? older.Unit;
        var places = new SeriesPlaces(stored.Series);
        for (int i = 0; i < series.Length; i++)
        {
            Metric metric = pushed.Metrics[i];
            SeriesPlace place = places.Find(series[i]);
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

        // The key recognizes these labels by the memory that they view, and does not hash them again.
        sum.Labels = pushed.Labels;
        return MetricSum.Add(merged.Type, sum, pushed, _rule.Gauges) is { } reason
            ? Fault(merged, pushed, $"cannot be added: {reason}")
            : null;
    }

    private static PushError Fault(MetricFamily family, Metric metric, string fault) =>
        new(MetricRules.Describe(family.Name, metric, fault)) { IsOfMerge = true };
}
