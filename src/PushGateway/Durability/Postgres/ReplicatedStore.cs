using PushGateway.Logging;

namespace PushGateway.Durability.Postgres;

/// <summary>
/// The store of a replica, at a position of the cluster's history: applies what other replicas wrote, and writes commands on top of
/// it. For one thread at a time, so that the store changes in the order of the database.
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

    /// <summary>The last write that the store holds; null before it is loaded.</summary>
    private ClusterPosition? _applied;

    /// <summary>A batch that the store holds, hidden, and of which the database did not say whether it was committed.</summary>
    private ReplicaBatch? _unsettled;

    private long _unsettledSince;

    /// <summary>Settles what the connection before left open, and catches up.</summary>
    public async Task ResumeAsync(ReplicaSession session, CancellationToken closing)
    {
        if (_unsettled is { } batch)
        {
            await SettleAsync(session, batch);
        }
        await CatchUpAsync(session, closing);
        store.ShowChanges();
    }

    /// <summary>Answers a batch that is not settled after some time; it is settled all the same, for the store.</summary>
    public void GiveUpUnsettled(Outcome.Unavailable answer, TimeSpan after)
    {
        if (_unsettled is { } batch && time.GetElapsedTime(_unsettledSince) >= after)
        {
            batch.Complete(answer);
        }
    }

    /// <summary>Applies what other replicas wrote; everything, if the store is not part of the database's history.</summary>
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
    /// Writes the commands that wait as one transaction, on top of all that was written before. Takes them once nobody else
    /// writes, since more have come by then.
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

    /// <summary>Loads everything. Readers see what the store had until all is there.</summary>
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

    /// <summary>Finds out what came of a batch whose answer was lost.</summary>
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

        // Hidden until the rest is caught up: these groups may be newer than the others.
        _unsettled = null;
        batch.Complete(NotStored);
    }

    private void Settled()
    {
        _unsettled = null;
        store.ShowChanges();
    }
}
