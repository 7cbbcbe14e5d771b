using PushGateway.Core.Store.Merging;
using PushGateway.Core.Store.Rendering;

namespace PushGateway.Core.Store;

/// <content>Pushes that are merged with the stored families of their group.</content>
public sealed partial class GroupStore
{
    /// <summary>The maximum attempts of a merge before other changes of the group wait for it.</summary>
    private const int MaxVainMerges = 3;

    private const int MergeLocks = 64;

    /// <summary>Locks that several groups share. Acquired before the store's lock, never under it.</summary>
    private readonly Lock[] _merging = [.. Enumerable.Range(0, MergeLocks).Select(_ => new Lock())];

    /// <summary>The number of merges that ran out of attempts. Changes of their groups wait for them.</summary>
    private int _starvingMerges;

    /// <summary>
    /// Merges outside the store's lock, since a group may be large, and stores the result if the group is unchanged. After some
    /// failed attempts, changes of the group wait for the merge.
    /// </summary>
    /// <remarks>Merges of one group run one after another, since all but one of concurrent ones would fail.</remarks>
    private CommandResult PushMerged(PushCommand push, MetricFamily[] families, WriteAheadHook log)
    {
        // The pushed families and the push time, all with distinct names.
        if (families.Length != push.Families.Count + 1 && FindRepeated(push.Families) is { } repeated)
        {
            return Reject(
                push,
                RejectionKind.Merge,
                new PushError($"the push has the metric family {GoQuote.Quote(repeated.Span)} twice") { IsOfMerge = true },
                log);
        }
        LabelMerge.MergeAll(families, push.Key);
        var merger = new FamilyMerger(push, families);
        bool isStarving = false;
        lock (MergeLockOf(push.Key))
        {
            try
            {
                for (int vain = 0; ; vain++)
                {
                    if (TryPushMerged(push, merger, log) is { } result)
                    {
                        return result;
                    }
                    if (vain == MaxVainMerges)
                    {
                        isStarving = true;
                        Interlocked.Increment(ref _starvingMerges);
                    }
                }
            }
            finally
            {
                if (isStarving)
                {
                    Interlocked.Decrement(ref _starvingMerges);
                }
            }
        }
    }

    private Lock MergeLockOf(GroupingKey key) => _merging[(uint)key.GetHashCode() % MergeLocks];

    /// <summary>Null if another push changes the group in the meantime.</summary>
    private CommandResult? TryPushMerged(PushCommand push, FamilyMerger merger, WriteAheadHook log)
    {
        if (_lock.IsHeldByCurrentThread)
        {
            throw new InvalidOperationException("a merge reads a group, which must not stop the others");
        }
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
            : fault.Limit == LimitKind.None ? Reject(push, fault.IsOfMerge ? RejectionKind.Merge : RejectionKind.Limit, fault, log)
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

    /// <summary>A name that two families have; null if all names are distinct. The last family of a name would hide the others.</summary>
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
