using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store;

/// <content>Deletions.</content>
public sealed partial class GroupStore
{
    private CommandResult Delete(DeleteCommand delete, WriteAheadHook log)
    {
        lock (_lock)
        {
            bool isStored = _groups.TryFind(delete.Key, out int place);
            if (delete.ExpectedGroup is { } expected && !(isStored && _groups.At(place) == expected))
            {
                return CommandResult.Done;
            }

            // Logged even if the group is gone: an earlier deletion may not be durable yet, and this response waits for it.
            if (!log(WriteKind.Applied))
            {
                return CommandResult.NotLogged;
            }
            if (isStored)
            {
                RemoveAt([place]);
            }
        }
        return CommandResult.Done;
    }

    private CommandResult Delete(DeleteGroupsCommand delete, WriteAheadHook log)
    {
        lock (_lock)
        {
            var spared = new HashSet<GroupingKey>();
            var places = new List<int>(delete.Deletions.Count);
            foreach (DeleteCommand one in delete.Deletions)
            {
                bool isStored = _groups.TryFind(one.Key, out int place);
                if (one.ExpectedGroup is { } expected && !(isStored && _groups.At(place) == expected))
                {
                    spared.Add(one.Key);
                }
                else if (isStored)
                {
                    places.Add(place);
                }
            }
            if (spared.Count < delete.Deletions.Count)
            {
                if (!log(WriteKind.Applied, spared))
                {
                    return CommandResult.NotLogged;
                }
                RemoveAt(places);
            }
            return CommandResult.Done with { SparedGroups = spared };
        }
    }

    private CommandResult Delete(DeleteFamilyCommand delete, WriteAheadHook log)
    {
        lock (_lock)
        {
            if (!log(WriteKind.Applied))
            {
                return CommandResult.NotLogged;
            }
            if (_groups.Find(delete.Key) is { } present
                && present.Find(delete.Family) is not null
                && !PushTimestamps.IsPushTime(delete.Family))
            {
                var change = GroupChange.PlanDeletion(present, delete.Family);
                _index.Apply(change, helps: null);
                Publish(change, present, delete.Key, present.Terms, fits: true, present.LastRejection);
            }
        }
        return CommandResult.Done;
    }

    /// <summary>Under the lock.</summary>
    private void RemoveAt(List<int> places)
    {
        List<MetricGroup> removed = _groups.RemoveAt(places);
        if (_groups.Count == 0)
        {
            Clear();
            return;
        }
        if (_groups.Count < removed.Count)
        {
            _index.Rebuild(_groups.All);
        }
        else
        {
            _index.RemoveAll(removed);
        }
        _snapshot = null;
        removed.ForEach(group => _listener?.Removed(group.Key));
    }

    /// <summary>Under the lock.</summary>
    private void Clear()
    {
        _index.Clear();
        _groups.Clear();
        _mayBeInconsistent = false;
        _snapshot = null;
        _listener?.Cleared();
    }

    private CommandResult Wipe(WriteAheadHook log)
    {
        lock (_lock)
        {
            if (!log(WriteKind.Applied))
            {
                return CommandResult.NotLogged;
            }
            Clear();
        }
        return CommandResult.Done;
    }
}
