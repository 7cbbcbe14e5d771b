using PushGateway.Core.Parsing;
using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Store.Rendering;
using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store;

/// <summary>
/// All pushed metrics, in memory. Applies commands one after another, each in time proportional to its own size. Readers
/// use a <see cref="Snapshot"/>, which later commands neither change nor delay.
/// </summary>
/// <remarks>Thread-safe. In the gateway only the host's durable store applies commands.</remarks>
public sealed partial class GroupStore
{
    /// <inheritdoc cref="RenderedSize.MaxBytes"/>
    public const long MaxRenderedBytes = RenderedSize.MaxBytes;

    public const int DefaultMaxIdempotencyKeys = 100_000;

    /// <inheritdoc cref="IdempotencyKeys.Lifetime"/>
    public const long IdempotencyKeyLifetime = IdempotencyKeys.Lifetime;

    private readonly Lock _lock = new();
    private readonly Lock _naming = new();
    private readonly ConsistencyIndex _index;

    private readonly GroupTable _groups = new();
    private readonly IdempotencyKeys _keys;

    private GroupListener? _listener;

    /// <summary>Whether the store holds something that was inconsistent when it was pushed.</summary>
    private bool _mayBeInconsistent;

    /// <summary>The newest snapshot; null after a change until a reader requests one.</summary>
    private volatile StoreSnapshot? _snapshot;

    /// <param name="reserved">The gateway's own families, which pushes must be consistent with.</param>
    /// <param name="maxIdempotencyKeys">How many keys of accepted pushes to remember; 0 for none.</param>
    public GroupStore(IEnumerable<ReservedFamily> reserved, int maxIdempotencyKeys = DefaultMaxIdempotencyKeys)
    {
        _index = new ConsistencyIndex(reserved);
        _keys = new IdempotencyKeys(maxIdempotencyKeys);
    }

    /// <summary>
    /// All current groups, without hidden changes. The first reader after a change creates the snapshot, under the
    /// store's lock.
    /// </summary>
    public StoreSnapshot Snapshot => _shown ?? _snapshot ?? TakeSnapshot();

    /// <summary>For tests, which compare it with an index built from scratch.</summary>
    internal ConsistencyIndex Index => _index;

    /// <summary>Sets the listener for all further changes. Call it at most once, before the first command.</summary>
    public void Listen(GroupListener listener) => _listener = listener;

    /// <summary>Applies a command. The store takes ownership of a push's families.</summary>
    /// <param name="log">Called before the change; null writes nothing ahead.</param>
    public CommandResult Apply(StoreCommand command, WriteAheadHook? log = null)
    {
        log ??= NoWriteAhead;
        if (Volatile.Read(ref _starvingMerges) > 0 && command.Group is { } key)
        {
            lock (MergeLockOf(key))
            {
                return ApplyNow(command, log);
            }
        }
        return ApplyNow(command, log);
    }

    /// <summary>Takes a snapshot and calls the action under the same lock, so that no change comes in between.</summary>
    public StoreSnapshot SnapshotAtomically(Action atThatMoment)
    {
        lock (_lock)
        {
            atThatMoment();
            return _snapshot ??= _groups.Freeze(_mayBeInconsistent);
        }
    }

    /// <summary>Whether a push with the key was accepted before, so that a repetition changes nothing.</summary>
    /// <param name="at">The time of the repetition, in nanoseconds since 1970.</param>
    /// <param name="isDryRun">The repetition is not counted.</param>
    public bool IsRepeated(IdempotencyKey key, long at, bool isDryRun = false)
    {
        lock (_lock)
        {
            return isDryRun ? _keys.Knows(key.Hash, at) : _keys.Recognize(key.Hash, at);
        }
    }

    /// <summary>
    /// The keys of accepted pushes. Within <see cref="SnapshotAtomically"/>, those of the snapshot's pushes.
    /// </summary>
    public IReadOnlyList<RememberedKey> CopyIdempotencyKeys()
    {
        lock (_lock)
        {
            return _keys.ToArray();
        }
    }

    /// <param name="now">Nanoseconds since 1970.</param>
    public IdempotencyStatistics CountIdempotencyKeys(long now)
    {
        lock (_lock)
        {
            return _keys.Count(now);
        }
    }

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

    /// <summary>Reserves memory for about this many series, which is faster than growing step by step.</summary>
    public void EnsureCapacity(int series)
    {
        lock (_lock)
        {
            _index.Reserve(series);
        }
    }

    /// <summary>Records that a snapshot was found consistent, so that it need not be checked again.</summary>
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

    private CommandResult ApplyNow(StoreCommand command, WriteAheadHook log) => command switch
    {
        PushCommand { IsDryRun: true } push => TryOut(push),
        PushCommand push => Push(push, log),
        RecordFailureCommand failure => RecordFailure(failure.Key, failure.At, rejection: null, log),
        RecordParseErrorCommand parseError => RecordParseError(parseError),
        DeleteCommand delete => Delete(delete, log),
        DeleteGroupsCommand delete => Delete(delete, log),
        DeleteFamilyCommand delete => Delete(delete, log),
        WipeCommand => Wipe(log),
        RestoreCommand restore => Restore(restore),
        RestoreKeysCommand restore => Restore(restore),
        ReplaceGroupsCommand replace => Replace(replace),
        RememberKeysCommand remember => Remember(remember),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    private StoreSnapshot TakeSnapshot()
    {
        lock (_lock)
        {
            return _snapshot ??= _groups.Freeze(_mayBeInconsistent);
        }
    }

    /// <summary>Applies a dry run: the store stops where it would log the change.</summary>
    private CommandResult TryOut(PushCommand push) =>
        Push(push, static (_, _) => false) is { IsLogged: true } result ? result : CommandResult.Done;

    private CommandResult Push(PushCommand push, WriteAheadHook log)
    {
        if (push.Limits.FindExcess(push.Families, push.Key) is { } excess)
        {
            return RejectForLimit(push, excess, log);
        }

        if (NormalizedPush.HaveTimestamps(push.Families))
        {
            return Reject(
                push,
                RejectionKind.Timestamp,
                new PushError("pushed metrics must not have timestamps") { Hint = BodyHint.Timestamp },
                log);
        }

        if (RenderedSize.Of(push.Families, push.Key) > RenderedSize.MaxBytes)
        {
            return Reject(
                push,
                RejectionKind.Limit,
                new PushError("pushed metrics are too large once each sample has all its labels"),
                log);
        }

        // Before the lock: all work that needs no other group.
        PreparedPush prepared = push.Prepared ?? PreparedPush.Of(push);
        return push.Merge is not null
            ? PushMerged(push, prepared.Families, log)
            : Push(push, prepared.Families, prepared.Rendered, basis: null, log)!;
    }

    /// <summary>Puts rendered families into their group. Null if the basis of a merge has changed.</summary>
    /// <param name="families">The same families, for messages; null for merged ones.</param>
    /// <param name="basis">The group that a merge started from.</param>
    private CommandResult? Push(
        PushCommand push, MetricFamily[]? families, StoredFamily[] pushed, MetricGroup? basis, WriteAheadHook log)
    {
        GroupChange change;
        List<Conflict> conflicts;
        lock (_lock)
        {
            if (IsRepeated(push))
            {
                return CommandResult.Repeated;
            }
            MetricGroup? present = _groups.Find(push.Key);
            if (push.Merge is not null && present != basis)
            {
                return null;
            }

            // New values for known series cannot make a consistent store inconsistent.
            change = GroupChange.Plan(push, present, pushed, mayShareIndexed: !_mayBeInconsistent);
            if (change.IsIndexed)
            {
                if (!log(WriteKind.Applied))
                {
                    return CommandResult.NotLogged;
                }
                Publish(change, present, push.Key, GroupTerms.Of(push), fits: true);
                Remember(push);
                PushBufferCache.Return(pushed);
                return CommandResult.Done;
            }
            int seriesBefore = _index.SeriesCount;
            List<HelpConflict>? helps = push.IsReplay ? null : [];
            conflicts = _index.Apply(change, helps);
            bool fits = conflicts.Count == 0 && !change.HasFaults;
            if (fits || push.Check == PushCheck.Unchecked)
            {
                return Accept(push, change, present, fits, seriesBefore, helps, log);
            }
            _index.Revert(change);
        }
        families ??= Array.ConvertAll(pushed, family => family.Decode());
        var clash = new ConflictReport(change, families, conflicts, _index.IsReserved);
        return Reject(
            push,
            new CommandResult(new PushError(clash.Describe()), [])
            {
                Cause = clash.CauseIn(FindOthers(push.Key, clash)),
                ConflictsWithOwn = clash.HasConflictWithOwn(),
            },
            log);
    }

    /// <summary>Publishes a change that the index already contains, unless it exceeds a limit or is not logged.</summary>
    /// <param name="present">The group to replace; null if there is none.</param>
    /// <param name="helps">Help texts that differ from those stored before; null in a replay.</param>
    private CommandResult Accept(
        PushCommand push,
        GroupChange change,
        MetricGroup? present,
        bool fits,
        int seriesBefore,
        List<HelpConflict>? helps,
        WriteAheadHook log)
    {
        if (push.Limits.FindStoredExcess(_index.SeriesCount, seriesBefore, _groups.Count, present is null) is { } excess)
        {
            _index.Revert(change);
            return RejectForLimit(push, excess, log);
        }
        if (!log(WriteKind.Applied))
        {
            _index.Revert(change);
            return CommandResult.NotLogged;
        }
        Publish(change, present, push.Key, GroupTerms.Of(push), fits);
        Remember(push);
        return helps is { Count: > 0 } ? new CommandResult(null, helps) : CommandResult.Done;
    }

    /// <summary>Call it under the lock. A replay applies every accepted push, whatever keys are remembered.</summary>
    private bool IsRepeated(PushCommand push) =>
        push is { IdempotencyKey: { } key, IsReplay: false } && IsRepeated(key, push.At, push.IsDryRun);

    /// <summary>Under the lock.</summary>
    private void Remember(PushCommand push)
    {
        if (push.IdempotencyKey is { } key)
        {
            _keys.Remember(new RememberedKey(key.Hash, push.At));
        }
    }

    /// <summary>The other groups that a push conflicts with; none if it conflicts with itself.</summary>
    private List<GroupingKey> FindOthers(GroupingKey key, ConflictReport clash)
    {
        List<ConflictTarget> sought = clash.ConflictsInOtherGroups();

        // Only one search runs; concurrent rejections report no groups.
        if (sought.Count == 0 || !_naming.TryEnter())
        {
            return [];
        }
        try
        {
            return ConflictTarget.FindGroups(_snapshot ?? TakeSnapshot(), key, sought);
        }
        finally
        {
            _naming.Exit();
        }
    }

    private CommandResult Restore(RestoreCommand restore)
    {
        StoredFamily[] families = restore.Families;
        lock (_lock)
        {
            bool isChecked = restore.Check == PushCheck.Checked;
            if (_groups.Find(restore.Key) is { } present)
            {
                if (isChecked)
                {
                    return RejectRestore("the file has the group twice");
                }
                _index.Remove(present);
            }
            var conflicts = new List<Conflict>();
            bool hasFaults = false;
            foreach (ref StoredFamily family in families.AsSpan())
            {
                family = family with { Header = _index.Add(family, conflicts, helps: null) };
                hasFaults |= family.HasFaults;
            }
            bool fits = !hasFaults && conflicts.Count == 0;
            if (!fits && isChecked)
            {
                foreach (ref readonly StoredFamily family in families.AsSpan())
                {
                    _index.Remove(family);
                }
                return RejectRestore(hasFaults ? "it has an invalid metric" : "it is inconsistent with other groups");
            }
            _mayBeInconsistent |= !fits;
            var group = new MetricGroup(restore.Key, families, BlockCompaction.RetainedBy(families), ownBlock: [])
            {
                Terms = restore.Terms,
            };
            _groups.Set(group, sameFamilies: false);
            _snapshot = null;
            _listener?.Added(group);
        }
        return CommandResult.Done;
    }

    private CommandResult Restore(RestoreKeysCommand restore)
    {
        lock (_lock)
        {
            _keys.Restore(restore.Keys);
        }
        return CommandResult.Done;
    }

    private static CommandResult RejectRestore(string error) => new(new PushError(error), []);

    private static bool NoWriteAhead(WriteKind kind, IReadOnlySet<GroupingKey>? spared) => true;

    /// <param name="present">The group to replace; null if there is none.</param>
    private void Publish(
        GroupChange change,
        MetricGroup? present,
        GroupingKey key,
        GroupTerms? terms,
        bool fits,
        RejectedPush? rejection = null)
    {
        _mayBeInconsistent |= !fits;
        MetricGroup group = change.ToGroup(key, terms);
        _groups.Set(rejection is null ? group : group.WithRejection(rejection), sameFamilies: change.IsIndexed);
        _snapshot = null;
        if (present is { IsPinned: false } && !_groups.IsInSnapshot(present))
        {
            present.RecycleInto(group);
        }
        if (_listener is not null && (present is null || present.Terms != terms))
        {
            _listener.Added(group);
        }
    }
}
