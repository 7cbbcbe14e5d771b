using PushGateway.Core.Model;
using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Store.Rendering;
using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store;

/// <summary>
/// All pushed metrics, in memory. Commands are applied one at a time, each in time proportional to itself; readers take
/// a <see cref="Snapshot"/>, which no later command changes or holds up.
/// </summary>
public sealed class GroupStore
{
    /// <inheritdoc cref="RenderedSize.MaxBytes"/>
    public const long MaxRenderedBytes = RenderedSize.MaxBytes;

    private readonly Lock _lock = new();
    private readonly Lock _naming = new();
    private readonly ConsistencyIndex _index;

    private readonly GroupTable _groups = new();

    /// <summary>Whether something is stored that did not fit when it came.</summary>
    private bool _mayBeInconsistent;

    /// <summary>The newest snapshot; null while nobody has asked for one since the last change.</summary>
    private volatile StoreSnapshot? _snapshot;

    /// <param name="reserved">The gateway's own families, which pushes must fit with.</param>
    public GroupStore(IEnumerable<ReservedFamily> reserved) => _index = new ConsistencyIndex(reserved);

    /// <summary>All groups as they are now. Made when it is asked for, at the cost of the store's lock for a moment.</summary>
    public StoreSnapshot Snapshot
    {
        get
        {
            if (_snapshot is { } snapshot)
            {
                return snapshot;
            }
            lock (_lock)
            {
                return _snapshot ??= _groups.Freeze(_mayBeInconsistent);
            }
        }
    }

    /// <summary>For tests, which compare it with one built anew.</summary>
    internal ConsistencyIndex Index => _index;

    /// <summary>Applies a command. A push's families are taken over, and must not be used any more.</summary>
    /// <param name="keep">Asked before the change is made; without it, all are.</param>
    public CommandResult Apply(StoreCommand command, WriteAheadHook? keep = null)
    {
        keep ??= NoWriteAhead;
        return command switch
        {
            PushCommand push => Push(push, keep),
            RecordFailureCommand fail => Fail(fail.Key, fail.At, message: null, keep),
            RecordParseErrorCommand refuse => Note(refuse),
            DeleteCommand delete => Delete(delete, keep),
            WipeCommand => Wipe(keep),
            RestoreCommand restore => Restore(restore),
            _ => throw new ArgumentOutOfRangeException(nameof(command)),
        };
    }

    /// <summary>A snapshot, and what can be said of that very moment: no change comes in between.</summary>
    public StoreSnapshot SnapshotAtomically(Action atThatMoment)
    {
        lock (_lock)
        {
            atThatMoment();
            return _snapshot ??= _groups.Freeze(_mayBeInconsistent);
        }
    }

    /// <summary>How many series are stored.</summary>
    public int SeriesCount
    {
        get
        {
            lock (_lock)
            {
                return _index.SeriesCount;
            }
        }
    }

    /// <summary>Says how many series there will be, about: to make room for them at once takes less time.</summary>
    public void EnsureCapacity(int series)
    {
        lock (_lock)
        {
            _index.Reserve(series);
        }
    }

    /// <summary>Says that a snapshot was found consistent, so that it need not be checked again.</summary>
    public void MarkConsistent(StoreSnapshot checkedSnapshot)
    {
        lock (_lock)
        {
            if (_snapshot == checkedSnapshot)
            {
                _mayBeInconsistent = false;
                _snapshot = checkedSnapshot.Trusted();
            }
        }
    }

    private CommandResult Push(PushCommand push, WriteAheadHook keep)
    {
        if (push.Limits.FindExcess(push.Families, push.Key) is { } excess)
        {
            return RefuseForLimit(push, excess, keep);
        }

        if (NormalizedPush.HaveTimestamps(push.Families))
        {
            return Refuse(push, "pushed metrics must not have timestamps", keep);
        }

        if (RenderedSize.Of(push.Families, push.Key) > RenderedSize.MaxBytes)
        {
            return Refuse(push, "pushed metrics are too large once each sample has all its labels", keep);
        }

        // The work is done here, before the lock.
        MetricFamily[] families = NormalizedPush.Arrange(push.Families, push.At);
        StoredFamily[] pushed = FamilyRenderer.Render(families, push.Key, push.At);

        GroupChange change;
        List<Conflict> conflicts;
        lock (_lock)
        {
            MetricGroup? present = _groups.Find(push.Key);

            // In a consistent store nothing clashes, nor does it with new values.
            change = GroupChange.Plan(push, present, pushed, mayShareIndexed: !_mayBeInconsistent);
            if (change.IsIndexed)
            {
                if (!keep(WriteKind.Applied))
                {
                    return CommandResult.NotLogged;
                }
                Publish(change, present, push.Key, fits: true);
                PushBufferCache.GiveFamilies(pushed);
                return CommandResult.Done;
            }
            int seriesBefore = _index.SeriesCount;
            var helps = new List<HelpConflict>();
            conflicts = _index.Apply(change, helps);
            bool fits = conflicts.Count == 0 && !change.HasFaults;
            if (fits || push.Check == PushCheck.Unchecked)
            {
                return Take(push, change, present, fits, seriesBefore, helps, keep);
            }
            _index.Revert(change);
        }
        var clash = new ConflictReport(change, families, conflicts);
        return Refuse(push, new PushError(clash.Describe()), keep, FindOthers(push.Key, clash));
    }

    /// <summary>Makes a change that the index has made, unless the store would be too large or it cannot be kept.</summary>
    /// <param name="present">The group that is replaced; null if there is none.</param>
    /// <param name="helps">Those that differ from the ones that were there.</param>
    private CommandResult Take(
        PushCommand push,
        GroupChange change,
        MetricGroup? present,
        bool fits,
        int seriesBefore,
        List<HelpConflict> helps,
        WriteAheadHook keep)
    {
        if (push.Limits.FindStoredExcess(_index.SeriesCount, seriesBefore, _groups.Count, present is null) is { } excess)
        {
            _index.Revert(change);
            return RefuseForLimit(push, excess, keep);
        }
        if (!keep(WriteKind.Applied))
        {
            _index.Revert(change);
            return CommandResult.NotLogged;
        }
        Publish(change, present, push.Key, fits);

        // What the group said before is not news, however often it is pushed.
        helps.RemoveAll(help => change.Removed.Exists(family =>
            family.Name == help.Family && (family.Header.Help ?? default) == help.Pushed));
        return helps.Count == 0 ? CommandResult.Done : new CommandResult(null, helps);
    }

    /// <summary>Groups that have what a push clashed with; none where it clashes with itself.</summary>
    private List<GroupingKey> FindOthers(GroupingKey key, ConflictReport clash)
    {
        List<ConflictTarget> sought = clash.ConflictsInOtherGroups();

        // One at a time, so that a flood of such pushes costs no more than their own work.
        if (sought.Count == 0 || !_naming.TryEnter())
        {
            return [];
        }
        try
        {
            return ConflictTarget.FindGroups(Snapshot, key, sought);
        }
        finally
        {
            _naming.Exit();
        }
    }

    private CommandResult Delete(DeleteCommand delete, WriteAheadHook keep)
    {
        lock (_lock)
        {
            MetricGroup? group = _groups.Find(delete.Key);
            if (delete.ExpectedGroup is not null && delete.ExpectedGroup != group)
            {
                return CommandResult.Done;
            }

            // Asked even where nothing is left to delete: the deletion that was first may not be on the disk yet.
            if (!keep(WriteKind.Applied))
            {
                return CommandResult.NotLogged;
            }
            if (group is not null)
            {
                _index.Remove(group);
                _groups.Remove(delete.Key);
                _snapshot = null;
            }
        }
        return CommandResult.Done;
    }

    private CommandResult Wipe(WriteAheadHook keep)
    {
        lock (_lock)
        {
            if (!keep(WriteKind.Applied))
            {
                return CommandResult.NotLogged;
            }
            _index.Clear();
            _groups.Clear();
            _mayBeInconsistent = false;
            _snapshot = null;
        }
        return CommandResult.Done;
    }

    private CommandResult Restore(RestoreCommand restore)
    {
        StoredFamily[] families = restore.Families;
        lock (_lock)
        {
            if (_groups.Find(restore.Key) is { } present)
            {
                _index.Remove(present);
            }
            var conflicts = new List<Conflict>();
            var helps = new List<HelpConflict>();
            bool hasFaults = false;
            foreach (ref StoredFamily family in families.AsSpan())
            {
                family = family with { Header = _index.Add(family, conflicts, helps) };
                hasFaults |= family.HasFaults;
            }
            _mayBeInconsistent |= hasFaults || conflicts.Count > 0;
            _groups.Set(
                new MetricGroup(restore.Key, families, BlockCompaction.RetainedBy(families), ownBlock: []), sameFamilies: false);
            _snapshot = null;
        }
        return CommandResult.Done;
    }

    /// <summary>Notes the failure in the group, and gives the error.</summary>
    private CommandResult Refuse(PushCommand push, string error, WriteAheadHook keep) =>
        Refuse(push, new PushError(error), keep);

    private CommandResult Refuse(
        PushCommand push, PushError error, WriteAheadHook keep, List<GroupingKey>? clashing = null)
    {
        var refused = new CommandResult(error, []) { ConflictingGroups = clashing ?? [] };
        CommandResult noted = Fail(push.Key, push.At, error.Message + refused.ConflictHint, keep);
        return noted.IsLogged ? refused : noted;
    }

    /// <summary>The same where there is a group: what is too much makes none.</summary>
    private CommandResult RefuseForLimit(PushCommand push, PushError error, WriteAheadHook keep)
    {
        lock (_lock)
        {
            return _groups.Find(push.Key) is null ? new CommandResult(error, []) : Refuse(push, error, keep);
        }
    }

    private CommandResult Note(RecordParseErrorCommand refuse)
    {
        lock (_lock)
        {
            if (_groups.Find(refuse.Key) is { } group)
            {
                MetricGroup noted = group.WithRefusal(RejectedPush.Of(refuse.Message, refuse.At));
                int epoch = group.Epoch;
                _groups.Set(noted, sameFamilies: true);
                _snapshot = null;

                // It has the arrays of the other one, which a snapshot may have.
                noted.Epoch = epoch;
            }
        }
        return CommandResult.Done;
    }

    /// <summary>Notes a failure in the group, which is made if there is none.</summary>
    private CommandResult Fail(GroupingKey key, long at, string? message, WriteAheadHook keep)
    {
        lock (_lock)
        {
            if (!keep(WriteKind.FailureRecorded))
            {
                return CommandResult.NotLogged;
            }
            MetricGroup? present = _groups.Find(key);
            var change = GroupChange.PlanFailure(key, at, present, mayShareIndexed: !_mayBeInconsistent);
            bool fits = _index.Apply(change, []).Count == 0;
            if (fits || present is not null)
            {
                Publish(change, present, key, fits, message is null ? null : RejectedPush.Of(message, at));
            }
            else
            {
                // The Go one makes the group all the same, and every scrape fails until it is deleted.
                _index.Revert(change);
            }
        }
        return CommandResult.Done;
    }

    private static bool NoWriteAhead(WriteKind kind) => true;

    /// <param name="present">The group that is replaced; null if there is none.</param>
    private void Publish(
        GroupChange change, MetricGroup? present, GroupingKey key, bool fits, RejectedPush? refusal = null)
    {
        _mayBeInconsistent |= !fits;
        MetricGroup group = change.ToGroup(key);
        _groups.Set(refusal is null ? group : group.WithRefusal(refusal), sameFamilies: change.IsIndexed);
        _snapshot = null;
        if (present is not null && !_groups.IsInSnapshot(present))
        {
            present.RecycleInto(group);
        }
    }
}
