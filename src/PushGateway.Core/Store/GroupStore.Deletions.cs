using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store;

/// <content>Deletions.</content>
public sealed partial class GroupStore
{
    private CommandResult Delete(DeleteCommand delete, WriteAheadHook log)
    {
        lock (_lock)
        {
            MetricGroup? group = _groups.Find(delete.Key);
            if (delete.ExpectedGroup is not null && delete.ExpectedGroup != group)
            {
                return CommandResult.Done;
            }

            // Logged even if the group is gone: the deletion before may not be durable yet, and this answer waits for it.
            if (!log(WriteKind.Applied))
            {
                return CommandResult.NotLogged;
            }
            if (group is not null)
            {
                Remove(group);
            }
        }
        return CommandResult.Done;
    }

    private CommandResult Delete(DeleteGroupsCommand delete, WriteAheadHook log)
    {
        lock (_lock)
        {
            List<GroupingKey> changed =
            [
                .. delete.Deletions
                    .Where(one => one.ExpectedGroup is { } expected && _groups.Find(one.Key) != expected)
                    .Select(one => one.Key),
            ];
            if (changed.Count > 0)
            {
                return new CommandResult(null, []) { ChangedGroups = changed };
            }
            if (!log(WriteKind.Applied))
            {
                return CommandResult.NotLogged;
            }
            var removed = new Dictionary<GroupingKey, MetricGroup>(delete.Deletions.Count);
            foreach (DeleteCommand one in delete.Deletions)
            {
                if (_groups.Find(one.Key) is { } group)
                {
                    removed[group.Key] = group;
                }
            }
            Remove(removed);
        }
        return CommandResult.Done;
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
    private void Remove(MetricGroup group)
    {
        _index.Remove(group);
        _groups.Remove(group.Key);
        _snapshot = null;
        _listener?.Removed(group.Key);
    }

    /// <summary>Under the lock.</summary>
    private void Remove(Dictionary<GroupingKey, MetricGroup> groups)
    {
        if (groups.Count == _groups.Count)
        {
            Clear();
            return;
        }
        _groups.RemoveAll(groups.Keys);
        if (_groups.Count < groups.Count)
        {
            _index.Rebuild(_groups.All);
        }
        else
        {
            _index.RemoveAll(groups.Values);
        }
        _snapshot = null;
        foreach (GroupingKey key in groups.Keys)
        {
            _listener?.Removed(key);
        }
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
