using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Store.Rendering;

namespace PushGateway.Core.Store;

/// <content>Support for replicas: changes that are hidden until they are durable, and changes of other replicas.</content>
public sealed partial class GroupStore
{
    /// <summary>The snapshot that readers see while changes are hidden; null if they see everything.</summary>
    private volatile StoreSnapshot? _shown;

    /// <summary>Hides further changes from readers.</summary>
    public void HideChanges() => _shown ??= TakeSnapshot();

    /// <summary>Shows all changes to readers again.</summary>
    public void ShowChanges() => _shown = null;

    /// <summary>The current group, hidden or not; null if there is none. Valid until the next command.</summary>
    public MetricGroup? Find(GroupingKey key)
    {
        lock (_lock)
        {
            return _groups.Find(key);
        }
    }

    /// <summary>
    /// Does the part of a push's work that needs no other group, to relieve a caller that applies many pushes in turn.
    /// </summary>
    /// <returns>The prepared command, for <see cref="Apply"/>. A push that is invalid by itself is returned unchanged.</returns>
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
            // Removes all before it adds the first one, since two groups may have swapped a family.
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

    /// <summary>Call it under the lock. Removes the old group from the index, unless the new one has the same index entries.</summary>
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

    /// <summary>Whether both have the same families in the same order, with or without metrics.</summary>
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

    /// <param name="Present">The previous group; null if there was none.</param>
    /// <param name="IsIndexed">Whether the index already has the series of the new group, which most groups do not change.</param>
    private readonly record struct GroupReplacement(GroupState State, MetricGroup? Present, bool IsIndexed);
}
