using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>
/// All pushed metrics, in memory. Commands are applied one at a time, each in time proportional to itself; readers take
/// the <see cref="Snapshot"/> and are never held up.
/// </summary>
public sealed class GroupStore
{
    private readonly Lock _lock = new();
    private readonly ConsistencyIndex _index;

    private volatile StoreSnapshot _snapshot = StoreSnapshot.Empty;

    /// <param name="reserved">The gateway's own families, which pushes must fit with.</param>
    public GroupStore(IEnumerable<ReservedFamily> reserved) => _index = new ConsistencyIndex(reserved);

    public StoreSnapshot Snapshot => _snapshot;

    /// <summary>For tests, which compare it with one built anew.</summary>
    internal ConsistencyIndex Index => _index;

    /// <summary>Applies a command. A push's families are taken over, and must not be used any more.</summary>
    public CommandResult Apply(StoreCommand command) => command switch
    {
        PushCommand push => Push(push),
        DeleteCommand delete => Delete(delete.Key),
        WipeCommand => Wipe(),
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    /// <summary>Says that a snapshot was found consistent, so that it need not be checked again.</summary>
    public void Trust(StoreSnapshot checkedSnapshot)
    {
        lock (_lock)
        {
            if (_snapshot == checkedSnapshot)
            {
                _index.MayBeInconsistent = false;
                _snapshot = checkedSnapshot.Trusted();
            }
        }
    }

    private CommandResult Push(PushCommand push)
    {
        if (push.Families.Any(family => family.Metrics.Exists(metric => metric.TimestampMs is not null)))
        {
            return Refuse(push, "pushed metrics must not have timestamps");
        }

        // The work is done here, before the lock.
        List<PreparedFamily> prepared = [.. push.Families
            .Where(family => family.Name != PushTimes.Success)
            .Select(family => PreparedFamily.Prepare(family, push.Key, push.At))
            .OrderBy(family => family.Stored.Name)];
        StoredFamily pushTime = PushTimes.Succeeded(push.Key, push.At);

        lock (_lock)
        {
            MetricGroup? present = _snapshot.Find(push.Key);
            GroupChange change = GroupChange.Plan(push, present, prepared, pushTime);
            var helps = new List<HelpConflict>();
            ILookup<Utf8String, Conflict>? conflicts = ApplyToIndex(change, helps);
            bool fits = conflicts is null && !change.Added.Exists(family => family.HasFaults);
            if (!fits && push.Check == PushCheck.Checked)
            {
                RevertInIndex(change);
                return Refuse(push, Describe(change.Added, prepared, conflicts));
            }
            _index.MayBeInconsistent |= !fits;
            _snapshot = _snapshot.With(change.Result, _index.MayBeInconsistent);
            return helps.Count == 0 ? CommandResult.Done : new CommandResult(null, helps);
        }
    }

    private CommandResult Delete(GroupingKey key)
    {
        lock (_lock)
        {
            if (_snapshot.Find(key) is { } group)
            {
                Array.ForEach(group.Families, _index.Remove);
                _snapshot = _snapshot.Without(key, _index.MayBeInconsistent);
            }
        }
        return CommandResult.Done;
    }

    private CommandResult Wipe()
    {
        lock (_lock)
        {
            _index.Clear();
            _snapshot = StoreSnapshot.Empty;
        }
        return CommandResult.Done;
    }

    /// <summary>Notes the failure in the group, which is made if there is none, and gives the error.</summary>
    private CommandResult Refuse(PushCommand push, string error)
    {
        StoredFamily failed = PushTimes.Failed(push.Key, push.At);
        lock (_lock)
        {
            MetricGroup? present = _snapshot.Find(push.Key);
            GroupChange change = GroupChange.PlanFailure(push, present, failed);
            bool mayBeInconsistent = _index.MayBeInconsistent;
            if (ApplyToIndex(change, []) is not null && present is null)
            {
                // The Go one makes the group all the same, and every scrape fails until it is deleted.
                RevertInIndex(change);
                _index.MayBeInconsistent = mayBeInconsistent;
            }
            else
            {
                _snapshot = _snapshot.With(change.Result, _index.MayBeInconsistent);
            }
        }
        return new CommandResult(new PushError(error), []);
    }

    /// <summary>The conflicts by family, or null if there are none. The index is changed either way.</summary>
    private ILookup<Utf8String, Conflict>? ApplyToIndex(GroupChange change, List<HelpConflict> helps)
    {
        change.Removed.ForEach(_index.Remove);
        var conflicts = new List<Conflict>();
        foreach (StoredFamily family in change.Added)
        {
            _index.Add(family, conflicts, helps);
        }
        return conflicts.Count == 0 ? null : conflicts.ToLookup(conflict => conflict.Family.Name);
    }

    private void RevertInIndex(GroupChange change)
    {
        bool mayBeInconsistent = _snapshot.MayBeInconsistent;
        change.Added.ForEach(_index.Remove);
        foreach (StoredFamily family in change.Removed)
        {
            _index.Add(family, [], []);
        }
        _index.MayBeInconsistent = mayBeInconsistent;
    }

    /// <summary>All that is wrong with what was to be added. The push times may clash as well.</summary>
    private static string Describe(
        List<StoredFamily> added, List<PreparedFamily> prepared, ILookup<Utf8String, Conflict>? conflicts)
    {
        Dictionary<StoredFamily, PreparedFamily> pushed = prepared.ToDictionary(family => family.Stored);
        var errors = added.SelectMany(family =>
            (pushed.GetValueOrDefault(family) ?? PreparedFamily.Of(family))
                .Describe(conflicts is null ? [] : [.. conflicts[family.Name]]));
        return ErrorList.Join([.. errors]);
    }
}
