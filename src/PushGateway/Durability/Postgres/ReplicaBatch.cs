using PushGateway.Core.Persistence.Replication;

namespace PushGateway.Durability.Postgres;

/// <summary>Commands that a replica writes as one transaction.</summary>
/// <param name="position">The position of the cluster after the write.</param>
internal sealed class ReplicaBatch(ClusterPosition position, IReadOnlyList<QueuedCommand> commands)
{
    private static readonly Outcome.Unavailable FirstNotStored =
        Outcome.Unavailable.Briefly("the first push of this idempotency key was not stored; send it again");

    private readonly List<RememberedKey> _keys = [];

    /// <summary>The groups that the commands may have changed.</summary>
    private readonly HashSet<GroupingKey> _touched = [];

    public ClusterPosition Position => position;

    public IReadOnlyCollection<GroupingKey> Touched => _touched;

    public bool HasKeys => _keys.Count > 0;

    /// <summary>Whether a response depends on an earlier push, which must then be durable.</summary>
    public bool HasRepeats => commands.Any(command => command.Result is { IsRepeated: true });

    /// <summary>Applies the commands to the store, which hides the changes.</summary>
    public void ApplyTo(GroupStore store)
    {
        foreach (QueuedCommand queued in commands)
        {
            try
            {
                Apply(queued, store);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // A bug. The request reports it, and the other commands continue.
                queued.Fail(exception);
            }
        }
    }

    /// <summary>The changed groups in their current state.</summary>
    public ClusterWrite ToWrite(GroupStore store)
    {
        StoreSnapshot before = store.Snapshot;
        var rows = new List<GroupRow>(_touched.Count);
        foreach (GroupingKey key in _touched)
        {
            MetricGroup? group = store.Find(key);
            if (group is not null || before.Find(key) is not null)
            {
                rows.Add(GroupRow.Of(key, group));
            }
        }
        return new ClusterWrite(position, rows, _keys);
    }

    /// <summary>Completes the commands: their changes are durable.</summary>
    public void Complete()
    {
        foreach (QueuedCommand command in commands)
        {
            command.Complete(command.Result is { } result ? Outcome.Of(result) : FirstNotStored);
        }
    }

    /// <summary>Completes the commands: their changes are not durable, or that is unknown.</summary>
    public void Complete(Outcome.Unavailable reason)
    {
        foreach (QueuedCommand command in commands)
        {
            command.Complete(reason);
        }
    }

    private void Apply(QueuedCommand queued, GroupStore store)
    {
        if (queued.Command is RepeatedPush repeated)
        {
            queued.Result = store.IsRepeated(repeated.Key, repeated.At, repeated.IsDryRun) ? CommandResult.Repeated : null;
            return;
        }
        CommandResult result = store.Apply(queued.Command);
        queued.Result = result;
        if (result.IsRepeated || queued.Command is PushCommand { IsDryRun: true })
        {
            return;
        }
        Touch(queued.Command, result, store);
        if (queued.Command is PushCommand { IdempotencyKey: { } key, At: var at } && result.Error is null)
        {
            _keys.Add(new RememberedKey(key.Hash, at));
        }
    }

    private void Touch(StoreCommand command, CommandResult result, GroupStore store)
    {
        switch (command)
        {
            case { Group: { } key }:
                _touched.Add(key);
                break;
            case DeleteGroupsCommand delete:
                _touched.UnionWith(delete.Deletions.Select(one => one.Key).Where(key => !result.SparedGroups.Contains(key)));
                break;
            case WipeCommand:
                // The store hides the change, so these are the groups before it. Groups that the batch created are included already.
                _touched.UnionWith(store.Snapshot.Groups.Select(group => group.Key));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(command));
        }
    }
}
