using PushGateway.Core.Store.Merging;
using PushGateway.Core.Store.Rendering;

namespace PushGateway.Core.Store;

/// <content>Pushes that are merged with what their group has.</content>
public sealed partial class GroupStore
{
    /// <summary>How often a push is merged without the lock, which may turn out to be in vain.</summary>
    private const int MaxUnlockedMerges = 3;

    private const int MergeLocks = 64;

    /// <summary>One for each of several groups. Taken before the store's lock, never within it.</summary>
    private readonly Lock[] _merging = [.. Enumerable.Range(0, MergeLocks).Select(_ => new Lock())];

    /// <summary>
    /// Merges outside the store's lock, and stores if the group is still the same. After some vain attempts, it merges under
    /// the lock, so that it does not wait for ever.
    /// </summary>
    /// <remarks>Merges of one group go one after another: beside each other, all but one would be in vain.</remarks>
    private CommandResult PushMerged(PushCommand push, MetricFamily[] families, WriteAheadHook log)
    {
        // As many families as were pushed, and the push time: each has a name of its own.
        if (families.Length != push.Families.Count + 1 && FindRepeated(push.Families) is { } repeated)
        {
            return Reject(
                push,
                new PushError($"the push has the metric family {GoQuote.Quote(repeated.Span)} twice") { IsOfMerge = true },
                log);
        }
        LabelMerge.MergeAll(families, push.Key);
        var merger = new FamilyMerger(push, families);
        lock (_merging[(uint)push.Key.GetHashCode() % MergeLocks])
        {
            for (int i = 0; i < MaxUnlockedMerges; i++)
            {
                if (TryPushMerged(push, merger, log) is { } result)
                {
                    return result;
                }
            }
        }
        lock (_lock)
        {
            return TryPushMerged(push, merger, log)!;
        }
    }

    /// <summary>Null if another push changes the group meanwhile.</summary>
    private CommandResult? TryPushMerged(PushCommand push, FamilyMerger merger, WriteAheadHook log)
    {
        MetricGroup? basis = FindAndPin(push.Key);
        PushError? fault;
        StoredFamily[] merged;
        try
        {
            fault = merger.Merge(basis, out merged);
        }
        finally
        {
            basis?.Unpin();
        }
        return fault is null ? Push(push, families: null, merged, basis, log)
            : fault.Limit == LimitKind.None ? Reject(push, fault, log)
            : RejectForLimit(push, fault, log);
    }

    private MetricGroup? FindAndPin(GroupingKey key)
    {
        lock (_lock)
        {
            MetricGroup? group = _groups.Find(key);
            group?.Pin();
            return group;
        }
    }

    /// <summary>A name that two families have; null if each has its own. The last one of a name would hide the others.</summary>
    private static Utf8String? FindRepeated(IReadOnlyList<MetricFamily> families)
    {
        var names = new HashSet<Utf8String>(families.Count);
        foreach (MetricFamily family in families)
        {
            if (!names.Add(family.Name))
            {
                return family.Name;
            }
        }
        return null;
    }
}
