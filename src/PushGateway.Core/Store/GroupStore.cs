using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>
/// All pushed metrics, in memory. Commands are applied one at a time, each in time proportional to itself; readers take
/// a <see cref="Snapshot"/>, which no later command changes or holds up.
/// </summary>
public sealed class GroupStore
{
    private readonly Lock _lock = new();
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
                _mayBeInconsistent = false;
                _snapshot = checkedSnapshot.Trusted();
            }
        }
    }

    private CommandResult Push(PushCommand push)
    {
        if (PushedFamilies.HaveTimestamps(push.Families))
        {
            return Refuse(push, "pushed metrics must not have timestamps");
        }

        if (RenderedSize.Of(push.Families, push.Key) > RenderedSize.MaxBytes)
        {
            return Refuse(push, "pushed metrics are too large once each sample has all its labels");
        }

        // The work is done here, before the lock.
        MetricFamily[] families = PushedFamilies.Arrange(push.Families, push.At);
        StoredFamily[] pushed = FamilyRenderer.Render(families, push.Key, push.At);

        lock (_lock)
        {
            MetricGroup? present = _groups.Find(push.Key);

            // In a consistent store nothing clashes, nor does it with new values.
            GroupChange change = GroupChange.Plan(push, present, pushed, mayShareIndexed: !_mayBeInconsistent);
            if (change.IsIndexed)
            {
                Publish(change, push.Key, fits: true);
                return CommandResult.Done;
            }
            var helps = new List<HelpConflict>();
            List<Conflict> conflicts = ApplyToIndex(change, helps);
            bool fits = conflicts.Count == 0 && !change.HasFaults;
            if (!fits && push.Check == PushCheck.Checked)
            {
                RevertInIndex(change);
                return Refuse(push, Describe(change, families, conflicts));
            }
            Publish(change, push.Key, fits);

            // What the group said before is not news, however often it is pushed.
            helps.RemoveAll(help => change.Removed.Exists(family =>
                family.Name == help.Family && (family.Header.Help ?? default) == help.Pushed));
            return helps.Count == 0 ? CommandResult.Done : new CommandResult(null, helps);
        }
    }

    private CommandResult Delete(GroupingKey key)
    {
        lock (_lock)
        {
            if (_groups.Find(key) is { } group)
            {
                foreach (ref readonly StoredFamily family in group.Families)
                {
                    _index.Remove(family);
                }
                _groups.Remove(key);
                _snapshot = null;
            }
        }
        return CommandResult.Done;
    }

    private CommandResult Wipe()
    {
        lock (_lock)
        {
            _index.Clear();
            _groups.Clear();
            _mayBeInconsistent = false;
            _snapshot = null;
        }
        return CommandResult.Done;
    }

    /// <summary>Notes the failure in the group, which is made if there is none, and gives the error.</summary>
    private CommandResult Refuse(PushCommand push, string error)
    {
        lock (_lock)
        {
            MetricGroup? present = _groups.Find(push.Key);
            GroupChange change = GroupChange.PlanFailure(push, present, mayShareIndexed: !_mayBeInconsistent);
            bool fits = ApplyToIndex(change, []).Count == 0;
            if (fits || present is not null)
            {
                Publish(change, push.Key, fits);
            }
            else
            {
                // The Go one makes the group all the same, and every scrape fails until it is deleted.
                RevertInIndex(change);
            }
        }
        return new CommandResult(new PushError(error), []);
    }

    private void Publish(GroupChange change, GroupingKey key, bool fits)
    {
        _mayBeInconsistent |= !fits;
        _groups.Set(change.ToGroup(key), sameFamilies: change.IsIndexed);
        _snapshot = null;
    }

    /// <summary>Gives what does not fit; the index is changed either way.</summary>
    private List<Conflict> ApplyToIndex(GroupChange change, List<HelpConflict> helps)
    {
        foreach (StoredFamily family in change.Removed)
        {
            _index.Remove(family);
        }
        var conflicts = new List<Conflict>();
        foreach (int added in change.Added)
        {
            change.SetHeader(added, _index.Add(change.Families[added], conflicts, helps));
        }
        return conflicts;
    }

    private void RevertInIndex(GroupChange change)
    {
        foreach (int added in change.Added)
        {
            _index.Remove(change.Families[added]);
        }
        foreach (StoredFamily family in change.Removed)
        {
            _index.Add(family, [], []);
        }
    }

    /// <summary>All that is wrong with what was to be added, the gateway's own push times included.</summary>
    private static string Describe(GroupChange change, MetricFamily[] pushed, List<Conflict> conflicts)
    {
        ILookup<Utf8String, Conflict> byFamily = conflicts.ToLookup(conflict => conflict.Family.Name);
        Dictionary<Utf8String, MetricFamily> byName = pushed.ToDictionary(family => family.Name);
        StoredFamily[] families = change.Families.ToArray();
        return ErrorList.Join(change.Added.Select(added => families[added]).SelectMany(stored =>
        {
            // The failure time of a new group is the gateway's, even where one was pushed.
            MetricFamily family = stored.OwnsBlock ? stored.Decode() : byName[stored.Name];
            return Conflict.Describe(family, stored, [.. byFamily[stored.Name]]);
        }));
    }
}
