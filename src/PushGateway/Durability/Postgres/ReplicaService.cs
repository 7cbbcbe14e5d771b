using PushGateway.CommandLine;
using PushGateway.Logging;

namespace PushGateway.Durability.Postgres;

/// <summary>
/// Keeps a replica's store the same as the database: loads it, applies what other replicas wrote, and writes what is queued
/// here. One loop does it all, on one connection, so that the store changes in the order of the database.
/// </summary>
/// <param name="beforeReady">What the loaded store needs before the first request sees it.</param>
internal sealed class ReplicaService(
    GatewayOptions options,
    GroupStore store,
    PostgresStore door,
    PostgresSource source,
    ReplicaPresence presence,
    ReplicaStatus status,
    ReplicaMetrics metrics,
    Func<Task> beforeReady,
    TimeProvider time,
    ILogger<ReplicaService> logger) : IStoreService
{
    /// <summary>How often to look for writes of which no notification came.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(1);

    /// <summary>How long clients wait for an answer that the database owes.</summary>
    private static readonly TimeSpan MaxSettleTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MinReconnectPause = TimeSpan.FromMilliseconds(125);
    private static readonly TimeSpan MaxReconnectPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MaxEnd = TimeSpan.FromSeconds(15);

    /// <summary>How many groups of a load become visible to the store's lock at once.</summary>
    private const int LoadedTogether = 500;

    /// <summary>24 hours, in nanoseconds.</summary>
    private const long IdempotencyKeyLifetime = 24L * 60 * 60 * 1_000_000_000;

    private static readonly Outcome.Unavailable NotStored =
        Outcome.Unavailable.Briefly("the cluster's database did not store the change; send it again");

    private static readonly Outcome.Unavailable Unknown =
        Outcome.Unavailable.Briefly("the cluster's database did not say whether it stored the change; send it again");

    private static readonly Outcome.Unavailable Ended = Outcome.Unavailable.Briefly("the gateway is shutting down");

    private readonly TaskCompletionSource _restored = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();
    private readonly string _name = options.ClusterName.Text;
    private readonly TimeSpan _maxStaleness = options.MaxStaleness.Value;

    private Task _loop = Task.CompletedTask;
    private int _isClosed;
    private long _prunedAt = time.GetTimestamp();

    /// <summary>The last write that the store holds; null before it is loaded.</summary>
    private ClusterPosition? _applied;

    /// <summary>A batch that the store holds, hidden, and of which the database did not say whether it was committed.</summary>
    private ReplicaBatch? _unsettled;

    private long _unsettledSince;

    /// <summary>Whether the last session served. Then the next connection is tried before clients are turned away.</summary>
    private bool _wasServing;

    private TimeSpan _pause = MinReconnectPause;

    private volatile string? _fault;

    public bool IsRestoring => !status.IsLoaded;

    public bool HasFault => _fault is not null;

    public string? NotReadyReason => IsRestoring ? _fault ?? "restoring" : StaleReason;

    public string? StaleReason => IsRestoring || status.Staleness(time) <= _maxStaleness
        ? null
        : $"no contact with the cluster's database for longer than {options.MaxStaleness}: {_fault ?? "it does not answer"}";

    public bool ShowsGroups => options.ClusterScrape == ClusterScrape.All || presence.HoldsLease;

    public bool ExpiresGroups => presence.HoldsLease;

    public PersistenceState Persistence => PersistenceState.Off;

    public ClusterIdentity? Cluster { get; } = new(options.ClusterName.Text, source.Database);

    public Task StartAsync()
    {
        metrics.Show(() => new ReplicaReading(
            presence.View, status.AppliedRevision, status.Staleness(time), presence.HoldsLease, door.Queue.Count));
        _loop = Task.Run(RunAsync);
        return _restored.Task;
    }

    public async ValueTask<bool> CloseAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return true;
        }
        await _closing.CancelAsync();
        door.Queue.Wake();
        await Task.WhenAny(_loop, Task.Delay(MaxEnd, time));
        door.Close(Ended);
        await presence.DisposeAsync();
        await source.DisposeAsync();
        _closing.Dispose();
        return true;
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task RunAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await using ReplicaSession session = await ReplicaSession.OpenAsync(source, _name, _closing.Token);
                presence.Start(OnWritten);
                await ServeAsync(session);
            }
            catch (Exception exception) when (!IsEnd(exception))
            {
                if (!await TryDisconnectAsync(exception))
                {
                    return;
                }
            }
            catch (OperationCanceledException)
            {
                // Closing.
            }
        }
        _unsettled?.Complete(Ended);
        _restored.TrySetResult();
    }

    /// <summary>Its own writes are notified, too.</summary>
    private void OnWritten(long revision)
    {
        if (revision > status.AppliedRevision)
        {
            door.Queue.Wake();
        }
    }

    private bool IsEnd(Exception exception) =>
        exception is OperationCanceledException && _closing.IsCancellationRequested;

    /// <summary>Returns when the gateway closes and nothing waits.</summary>
    private async Task ServeAsync(ReplicaSession session)
    {
        await session.EndStuckWriterAsync(CancellationToken.None);
        if (_unsettled is { } batch)
        {
            await SettleAsync(session, batch);
        }
        await CatchUpAsync(session);
        store.ShowChanges();
        Connected();
        while (true)
        {
            await door.Queue.WaitAsync(PollInterval);
            bool isClosing = _closing.IsCancellationRequested;
            if (door.Queue.Take() is { Count: > 0 } commands)
            {
                await WriteAsync(session, commands);
            }
            else if (isClosing)
            {
                return;
            }
            else
            {
                await CatchUpAsync(session);
            }

            // Not before: a database that can be read may still refuse or block writes, and their clients are not to wait for ever.
            _wasServing = true;
            _pause = MinReconnectPause;
            await PruneIfDueAsync(session);
        }
    }

    /// <summary>Accepts changes: those of the timers first, and those of requests once what has expired is gone.</summary>
    private void Connected()
    {
        bool wasAway = _fault is not null;
        _fault = null;
        door.Open();
        if (IsRestoring)
        {
            logger.ClusterJoined(_name, source.Database, store.Snapshot.GroupCount, _applied!.Value.Revision);
            _ = Task.Run(BecomeReadyAsync);
        }
        else if (wasAway)
        {
            logger.ClusterReconnected(source.Database);
        }
    }

    private async Task BecomeReadyAsync()
    {
        try
        {
            await beforeReady();
        }
        finally
        {
            status.IsLoaded = true;
            _restored.TrySetResult();
        }
    }

    /// <summary>Applies what other replicas wrote; everything, if the store is not part of the database's history.</summary>
    private async Task CatchUpAsync(ReplicaSession session)
    {
        long began = time.GetTimestamp();
        ClusterChanges? changes =
            _applied is { } applied ? await session.ReadAsync(applied, CancellationToken.None) : null;
        if (changes is null)
        {
            await LoadAsync(session);
        }
        else
        {
            Apply(changes);
        }
        status.Confirm(_applied!.Value.Revision, began);
    }

    /// <summary>Loads everything. Readers see what the store had until all is there.</summary>
    private async Task LoadAsync(ReplicaSession session)
    {
        bool isReload = _applied is not null;
        store.HideChanges();
        _applied = null;
        store.Apply(new WipeCommand());
        ClusterPosition position = default;
        var groups = new List<GroupState>(LoadedTogether);
        await foreach (GroupState group in session.LoadAsync(Begin, _closing.Token))
        {
            groups.Add(group);
            if (groups.Count == LoadedTogether)
            {
                store.Apply(new ReplaceGroupsCommand(groups));
                groups.Clear();
            }
        }
        store.Apply(new ReplaceGroupsCommand(groups));
        _applied = position;
        store.ShowChanges();
        if (isReload)
        {
            logger.ClusterReloaded(store.Snapshot.GroupCount, position.Revision);
        }

        void Begin(ClusterPosition at, IReadOnlyList<RememberedKey> keys)
        {
            position = at;
            store.Apply(new RestoreKeysCommand(keys));
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

    /// <summary>Writes commands as one transaction, on top of all that was written before.</summary>
    private async Task WriteAsync(ReplicaSession session, IReadOnlyList<QueuedCommand> commands)
    {
        long began = time.GetTimestamp();
        ClusterChanges? changes;
        try
        {
            changes = await session.BeginWriteAsync(_applied!.Value, CancellationToken.None);
            if (changes is null)
            {
                await session.RollBackAsync(CancellationToken.None);
                await LoadAsync(session);
            }
        }
        catch
        {
            door.Queue.PutBack(commands);
            throw;
        }
        if (changes is null)
        {
            door.Queue.PutBack(commands);
            return;
        }
        Apply(changes);
        store.HideChanges();
        var batch = new ReplicaBatch(new ClusterPosition(changes.Position.Revision + 1, Guid.NewGuid()), commands);
        _unsettled = batch;
        _unsettledSince = began;
        batch.ApplyTo(store);
        ClusterWrite write = batch.ToWrite(store);
        if (write.IsEmpty)
        {
            await (batch.HasRepeats ? session.ConfirmAsync(CancellationToken.None) : session.RollBackAsync(CancellationToken.None));
            _applied = changes.Position;
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

    /// <summary>Finds out what came of a batch whose answer was lost.</summary>
    private async Task SettleAsync(ReplicaSession session, ReplicaBatch batch)
    {
        if (await session.IsCommittedAsync(batch.Position.Batch, CancellationToken.None))
        {
            _applied = batch.Position;
            Settled();
            batch.Complete();
        }
        else
        {
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
    }

    private void Settled()
    {
        _unsettled = null;
        store.ShowChanges();
    }

    private async Task PruneIfDueAsync(ReplicaSession session)
    {
        if (presence.HoldsLease && time.GetElapsedTime(_prunedAt) > PruneInterval)
        {
            _prunedAt = time.GetTimestamp();
            await session.PruneAsync(
                time.GetUnixNanoseconds() - IdempotencyKeyLifetime, options.IdempotencyKeys.Count, CancellationToken.None);
        }
    }

    /// <summary>After a connection failed: tells clients, and waits a moment.</summary>
    /// <returns>False if the start has failed for good.</returns>
    private async Task<bool> TryDisconnectAsync(Exception exception)
    {
        string cause = PostgresFault.Describe(exception);
        metrics.RecordConnectionError();
        if (IsRestoring && PostgresFault.IsPermanent(exception))
        {
            _restored.TrySetException(new StartException($"cannot join the cluster {_name}: {cause}"));
            return false;
        }
        bool retryAtOnce = _wasServing;
        _wasServing = false;
        string fault = $"the cluster's database is unavailable: {cause}";
        if (_fault != fault && !retryAtOnce)
        {
            logger.ClusterDisconnected(source.Database, PostgresFault.IsExpected(exception) ? cause : exception.ToString());
        }
        if (!retryAtOnce)
        {
            _fault = fault;
            door.Close(Outcome.Unavailable.Briefly(fault));
            if (_unsettled is { } batch && time.GetElapsedTime(_unsettledSince) > MaxSettleTime)
            {
                batch.Complete(Unknown);
            }
            await Task.Delay(_pause, time, CancellationToken.None);
            _pause = _pause * 2 < MaxReconnectPause ? _pause * 2 : MaxReconnectPause;
        }
        return true;
    }
}
