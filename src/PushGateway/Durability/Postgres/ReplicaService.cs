using PushGateway.CommandLine;
using PushGateway.Logging;

namespace PushGateway.Durability.Postgres;

/// <summary>
/// Keeps a replica connected to the database, and its store equal to the database. One loop, on one connection, calls
/// <see cref="ReplicatedStore"/> to catch up and to write the queued commands.
/// </summary>
/// <param name="beforeReady">Called with the loaded store, before the first request sees it.</param>
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
    /// <summary>How often to check for writes whose notification was lost.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(1);

    /// <summary>How long clients wait for a response of the database.</summary>
    private static readonly TimeSpan MaxSettleTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MinReconnectPause = TimeSpan.FromMilliseconds(125);
    private static readonly TimeSpan MaxReconnectPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MaxEnd = TimeSpan.FromSeconds(15);

    private static readonly Outcome.Unavailable Unknown =
        Outcome.Unavailable.Briefly("the cluster's database did not say whether it stored the change; send it again");

    private static readonly Outcome.Unavailable Ended = Outcome.Unavailable.Briefly("the gateway is shutting down");

    private readonly ReplicatedStore _replicated = new(store, door.Queue, status, metrics, time, logger);
    private readonly TaskCompletionSource _restored = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();
    private readonly string _name = options.ClusterName.Text;
    private readonly TimeSpan _maxStaleness = options.MaxStaleness.Value;

    private Task _loop = Task.CompletedTask;
    private int _isClosed;
    private long _prunedAt = time.GetTimestamp();

    /// <summary>Whether the last session worked. If so, one reconnection is tried before clients are rejected.</summary>
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
                // The service is closing.
            }
        }
        _replicated.GiveUpUnsettled(Ended, after: TimeSpan.Zero);
        _restored.TrySetResult();
    }

    /// <summary>Handles notifications, which include those of its own writes.</summary>
    private void OnWritten(long revision)
    {
        if (revision > status.AppliedRevision)
        {
            door.Queue.Wake();
        }
    }

    private bool IsEnd(Exception exception) =>
        exception is OperationCanceledException && _closing.IsCancellationRequested;

    /// <summary>Returns when the gateway closes and no command waits.</summary>
    private async Task ServeAsync(ReplicaSession session)
    {
        await session.EndStuckWriterAsync(CancellationToken.None);
        await _replicated.ResumeAsync(session, _closing.Token);
        Connected();
        while (true)
        {
            await door.Queue.WaitAsync(PollInterval);
            bool isClosing = _closing.IsCancellationRequested;
            if (door.Queue.Count > 0)
            {
                await _replicated.WriteAsync(session, _closing.Token);
            }
            else if (isClosing)
            {
                return;
            }
            else
            {
                await _replicated.CatchUpAsync(session, _closing.Token);
            }

            // Not earlier: a readable database may still reject or block writes, and their clients must not wait forever.
            _wasServing = true;
            _pause = MinReconnectPause;
            await PruneIfDueAsync(session);
        }
    }

    /// <summary>Accepts changes, first from the timers, then from requests when expired groups are deleted.</summary>
    private void Connected()
    {
        bool wasAway = _fault is not null;
        _fault = null;
        door.Open();
        if (IsRestoring)
        {
            logger.ClusterJoined(_name, source.Database, store.Snapshot.GroupCount, status.AppliedRevision);
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

    private async Task PruneIfDueAsync(ReplicaSession session)
    {
        if (presence.HoldsLease && time.GetElapsedTime(_prunedAt) > PruneInterval)
        {
            _prunedAt = time.GetTimestamp();
            await session.PruneAsync(
                time.GetUnixNanoseconds() - GroupStore.IdempotencyKeyLifetime, options.IdempotencyKeys.Count, CancellationToken.None);
        }
    }

    /// <summary>Handles a failed connection: responds to clients, and waits a moment.</summary>
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
            _replicated.GiveUpUnsettled(Unknown, after: MaxSettleTime);
            await Task.Delay(_pause, time, CancellationToken.None);
            _pause = _pause * 2 < MaxReconnectPause ? _pause * 2 : MaxReconnectPause;
        }
        return true;
    }
}
