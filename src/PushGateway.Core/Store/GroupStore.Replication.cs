using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Store.Rendering;

namespace PushGateway.Core.Store;

/// <content>What the store of a replica needs: changes that nobody sees before they are durable, and those of other replicas.</content>
public sealed partial class GroupStore
{
    /// <summary>What readers see while changes are hidden; null if they see everything.</summary>
    private volatile StoreSnapshot? _shown;

    /// <summary>From now on readers see the store as it is at this moment.</summary>
    public void HideChanges() => _shown ??= TakeSnapshot();

    /// <summary>Readers see everything again.</summary>
    public void ShowChanges() => _shown = null;

    /// <summary>The group as it is now, hidden or not; null if there is none. Valid until the next command.</summary>
    public MetricGroup? Find(GroupingKey key)
    {
        lock (_lock)
        {
            return _groups.Find(key);
        }
    }

    /// <summary>
    /// Does the part of a push's work that needs no other group, so that whoever applies many pushes in turn has less to do.
    /// </summary>
    /// <returns>The same command, for <see cref="Apply"/>. A push that will be rejected for itself is returned as it is.</returns>
    public static StoreCommand Prepare(StoreCommand command) =>
        command is PushCommand push && !IsFaulty(push) ? push with { Prepared = PreparedPush.Of(push) } : command;

    /// <summary>Whether <see cref="Push(PushCommand, WriteAheadHook)"/> rejects the push before it looks at other groups.</summary>
    private static bool IsFaulty(PushCommand push) =>
        push.Limits.FindExcess(push.Families, push.Key) is not null
        || NormalizedPush.HaveTimestamps(push.Families)
        || RenderedSize.Of(push.Families, push.Key) > RenderedSize.MaxBytes;

    private CommandResult Replace(ReplaceGroupsCommand replace)
    {
        lock (_lock)
        {
            // All go before the first one comes: two groups may have swapped a family.
            var conflicts = new List<Conflict>();
            foreach (GroupReplacement replacement in replace.Groups.Select(ToReplacement).ToList())
            {
                Replace(replacement, conflicts);
            }
            _mayBeInconsistent |= conflicts.Count > 0;
            _snapshot = null;
        }
        return CommandResult.Done;
    }

    /// <summary>Under the lock. Removes from the index what the group had, unless the index stays the same for the new one.</summary>
    private GroupReplacement ToReplacement(GroupState state)
    {
        MetricGroup? present = _groups.Find(state.Key);
        bool isIndexed = present is not null && !_mayBeInconsistent && IsIndexedAs(state.Families, present.Families);
        if (present is not null && !isIndexed)
        {
            _index.Remove(present);
        }
        return new GroupReplacement(state, present, isIndexed);
    }

    private static bool IsIndexedAs(StoredFamily[]? newer, ReadOnlySpan<StoredFamily> older)
    {
        bool isSame = newer?.Length == older.Length;
        for (int i = 0; isSame && i < older.Length; i++)
        {
            isSame = newer![i].IsIndexedAs(older[i]);
        }
        return isSame;
    }

    /// <summary>Under the lock.</summary>
    private void Replace(GroupReplacement replacement, List<Conflict> conflicts)
    {
        (GroupState state, MetricGroup? present, bool isIndexed) = replacement;
        if (state.Families is not { } families)
        {
            if (present is not null)
            {
                _groups.Remove(state.Key);
                _listener?.Removed(state.Key);
            }
            return;
        }
        for (int i = 0; i < families.Length; i++)
        {
            families[i] = isIndexed
                ? families[i].WithIndexOf(present!.Families[i])
                : families[i] with { Header = _index.Add(families[i], conflicts, helps: null) };
            _mayBeInconsistent |= families[i].HasFaults;
        }
        var group = new MetricGroup(present?.Key ?? state.Key, families, BlockCompaction.RetainedBy(families), ownBlock: [])
        {
            Terms = state.Terms,
        };
        _groups.Set(
            state.Rejection is null ? group : group.WithRejection(state.Rejection),
            sameFamilies: isIndexed || (present is not null && HaveSameNames(present.Families, families)));
        if (present is null || present.Terms != state.Terms)
        {
            _listener?.Added(group);
        }
    }

    /// <summary>Whether both have the same families at the same places, with metrics or without.</summary>
    private static bool HaveSameNames(ReadOnlySpan<StoredFamily> older, ReadOnlySpan<StoredFamily> newer)
    {
        bool areSame = older.Length == newer.Length;
        for (int i = 0; areSame && i < older.Length; i++)
        {
            areSame = older[i].Header == newer[i].Header && older[i].MetricCount > 0 == newer[i].MetricCount > 0;
        }
        return areSame;
    }

    private CommandResult Remember(RememberKeysCommand remember)
    {
        lock (_lock)
        {
            foreach (RememberedKey key in remember.Keys)
            {
                _keys.Remember(key);
            }
        }
        return CommandResult.Done;
    }

    /// <param name="Present">The group that was there; null if there was none.</param>
    /// <param name="IsIndexed">Whether the index has the series of the new group, as most groups come with those they had.</param>
    private readonly record struct GroupReplacement(GroupState State, MetricGroup? Present, bool IsIndexed);
}
