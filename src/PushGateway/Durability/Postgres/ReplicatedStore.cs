using PushGateway.Logging;

namespace PushGateway.Durability.Postgres;

/// <summary>
/// The store of a replica, at a position of the cluster's history. Applies the writes of other replicas, then writes commands.
/// Not thread-safe, so that the store changes in the order of the database.
/// </summary>
internal sealed class ReplicatedStore(
    GroupStore store,
    WriteQueue queue,
    ReplicaStatus status,
    ReplicaMetrics metrics,
    TimeProvider time,
    ILogger<ReplicaService> logger)
{
    private static readonly Outcome.Unavailable NotStored =
        Outcome.Unavailable.Briefly("the cluster's database did not store the change; send it again");

    /// <summary>The last write in the store; null before it is loaded.</summary>
    private ClusterPosition? _applied;

    /// <summary>A batch that the store contains but hides, since it is unknown whether the database committed it.</summary>
    private ReplicaBatch? _unsettled;

    private long _unsettledSince;

    /// <summary>Settles the open batch of the previous connection, and catches up.</summary>
    public async Task ResumeAsync(ReplicaSession session, CancellationToken closing)
    {
        if (_unsettled is { } batch)
        {
            await SettleAsync(session, batch);
        }
        await CatchUpAsync(session, closing);
        store.ShowChanges();
    }

    /// <summary>Responds to the clients of a batch that is not settled after some time. The store still needs to settle it.</summary>
    public void GiveUpUnsettled(Outcome.Unavailable answer, TimeSpan after)
    {
        if (_unsettled is { } batch && time.GetElapsedTime(_unsettledSince) >= after)
        {
            batch.Complete(answer);
        }
    }

    /// <summary>Applies the writes of other replicas. Loads everything if the store is not part of the database's history.</summary>
    public async Task CatchUpAsync(ReplicaSession session, CancellationToken closing)
    {
        long began = time.GetTimestamp();
        ClusterChanges? changes =
            _applied is { } applied ? await session.ReadAsync(applied, CancellationToken.None) : null;
        if (changes is null)
        {
            await LoadAsync(session, closing);
        }
        else
        {
            Apply(changes);
        }
        status.Confirm(_applied!.Value.Revision, began);
    }

    /// <summary>
    /// Writes the waiting commands as one transaction, after all earlier writes. Takes them from the queue when no other replica
    /// writes, so that the batch includes commands that arrived during the wait.
    /// </summary>
    public async Task WriteAsync(ReplicaSession session, CancellationToken closing)
    {
        long began = time.GetTimestamp();
        ClusterChanges? changes = await session.BeginWriteAsync(_applied!.Value, CancellationToken.None);
        if (changes is null)
        {
            await session.RollBackAsync(CancellationToken.None);
            await LoadAsync(session, closing);
            return;
        }
        Apply(changes);
        store.HideChanges();
        IReadOnlyList<QueuedCommand> commands = queue.Take();
        var batch = new ReplicaBatch(new ClusterPosition(changes.Position.Revision + 1, Guid.NewGuid()), commands);
        _unsettled = batch;
        _unsettledSince = began;
        batch.ApplyTo(store);
        ClusterWrite write = batch.ToWrite(store);
        if (write.IsEmpty)
        {
            await (batch.HasRepeats ? session.ConfirmAsync(CancellationToken.None) : session.RollBackAsync(CancellationToken.None));
        }
        else
        {
            await session.CommitAsync(write, CancellationToken.None);
            _applied = write.Position;
        }
        Settled();
        batch.Complete();
        status.Confirm(_applied.Value.Revision, began);
        metrics.RecordBatch(commands.Count, time.GetElapsedTime(began));
    }

    /// <summary>Loads everything. Readers see the previous content until the load is complete.</summary>
    private async Task LoadAsync(ReplicaSession session, CancellationToken closing)
    {
        bool isReload = _applied is not null;
        store.HideChanges();
        _applied = null;
        store.Apply(new WipeCommand());
        ClusterPosition position = await session.LoadAsync(store, closing);
        _applied = position;
        store.ShowChanges();
        if (isReload)
        {
            logger.ClusterReloaded(store.Snapshot.GroupCount, position.Revision);
        }
    }

    private void Apply(ClusterChanges changes)
    {
        if (changes.Groups.Count > 0)
        {
            store.Apply(new ReplaceGroupsCommand(changes.Groups));
        }
        if (changes.Keys.Count > 0)
        {
            store.Apply(new RememberKeysCommand(changes.Keys));
        }
        _applied = changes.Position;
    }

    /// <summary>Determines the outcome of a batch whose response was lost.</summary>
    private async Task SettleAsync(ReplicaSession session, ReplicaBatch batch)
    {
        if (await session.IsCommittedAsync(batch.Position.Batch, CancellationToken.None))
        {
            _applied = batch.Position;
            Settled();
            batch.Complete();
            return;
        }
        IReadOnlyList<GroupState> groups = await session.ReadGroupsAsync(batch.Touched, CancellationToken.None);
        store.Apply(new ReplaceGroupsCommand(groups));
        if (batch.HasKeys)
        {
            store.Apply(new RestoreKeysCommand(await session.ReadKeysAsync(CancellationToken.None)));
        }

        // Hidden until the store has caught up, since these groups may be newer than the others.
        _unsettled = null;
        batch.Complete(NotStored);
    }

    private void Settled()
    {
        _unsettled = null;
        store.ShowChanges();
    }
}
