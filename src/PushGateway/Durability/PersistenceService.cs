using PushGateway.CommandLine;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Persistence.Snapshot;
using PushGateway.Logging;

namespace PushGateway.Durability;

/// <summary>
/// Restores the store from its files at the start, opens the journal, and writes the snapshots that keep the journal
/// short.
/// </summary>
/// <remarks>Without --persistence.file it does nothing, and is always ready.</remarks>
/// <param name="beforeReady">Called with the restored store, before the first request sees it.</param>
/// <param name="journaled">Opened when the store is restored; null without a journal.</param>
internal sealed class PersistenceService(
    GatewayOptions options,
    GroupStore store,
    JournaledStore? journaled,
    PersistenceMetrics metrics,
    Func<string, DurableFolder> openFolder,
    Func<Task> beforeReady,
    TimeProvider time,
    ILogger<PersistenceService> logger) : IStoreService
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long the shutdown waits for a disk that hangs. The journal has every acknowledged push.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(5);

    /// <summary>The same without a journal. The last snapshot is then the only copy, and its sync may take long.</summary>
    private static readonly TimeSpan MaxSilenceWithoutJournal = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _closing = new();
    private readonly SnapshotSchedule _schedule = new(options.PersistenceInterval.ToTimeSpan(), time);
    private Task _loop = Task.CompletedTask;
    private Task _syncing = Task.CompletedTask;
    private JournalWriter? _journal;
    private SnapshotRoom? _room;
    private FileLock? _lock;

    /// <summary>Set when the store is restored. Published with release semantics, so that its readers see all earlier writes.</summary>
    private volatile RecoveredState? _files;

    private StoreSnapshot? _written;

    /// <summary>The snapshot that is being written, whose length grows with its progress; null if none is.</summary>
    private volatile Stream? _output;

    /// <summary>Whether to write a snapshot even if nothing has changed since the restore.</summary>
    private bool _snapshotRequested;

    private volatile string? _fault;
    private JournalFailedException? _loggedFailure;
    private volatile PersistenceState _state = options.PersistenceFile.Length == 0
        ? PersistenceState.Off
        : new PersistenceState
        {
            IsEnabled = true,
            File = options.PersistenceFile,
            HasJournal = options.EnableJournal,
        };

    private int _isClosed;

    private bool IsOn => options.PersistenceFile.Length > 0;

    public bool IsRestoring => IsOn && _files is null;

    /// <summary>Whether it is closing. A restore in progress stops.</summary>
    public bool IsClosing => _closing.IsCancellationRequested;

    public bool HasFault => _fault is not null;

    public string? StaleReason => null;

    public bool ShowsGroups => true;

    public bool ExpiresGroups => true;

    public ClusterIdentity? Cluster => null;

    public string? NotReadyReason => IsRestoring ? _fault ?? "restoring" : _journal?.Failure?.Message ?? _fault;

    public PersistenceState Persistence => _state with
    {
        JournalBytes = _journal?.Bytes ?? 0,
        JournalRecords = _journal?.Records ?? 0,
        JournalFailures = _journal?.Failures ?? 0,
        Fault = NotReadyReason,
    };

    /// <summary>Begins to restore. The task completes when the store is restored, or the service closes.</summary>
    public Task StartAsync()
    {
        if (!IsOn)
        {
            return Task.CompletedTask;
        }
        metrics.Show(() => Persistence);
        var restored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop = Task.Run(() => RunAsync(restored));
        return restored.Task;
    }

    /// <summary>Writes the last snapshot. Call it after the last change. Does not wait for a disk that hangs.</summary>
    /// <returns>False if it could not write everything.</returns>
    public async ValueTask<bool> CloseAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return true;
        }
        await _closing.CancelAsync();
        Task<bool> finishing = Task.Run(FinishAsync);
        if (await IsDoneAsync(finishing))
        {
            return await finishing;
        }
        logger.NotPersisted(options.PersistenceFile, "the disk does not answer; ending without it");
        return IsRestoring || _journal is not null;
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    /// <summary>Waits for the end. False if the disk hangs.</summary>
    private async Task<bool> IsDoneAsync(Task finishing)
    {
        TimeSpan limit = IsRestoring || _journal is not null ? MaxSilence : MaxSilenceWithoutJournal;
        long before;
        do
        {
            before = _output?.Length ?? 0;
            await Task.WhenAny(finishing, Task.Delay(limit, time));
        }
        while (!finishing.IsCompleted && _output?.Length > before);
        return finishing.IsCompleted;
    }

    private async Task<bool> FinishAsync()
    {
        await _loop;
        await _syncing;

        // Write nothing needlessly: after a failed start the file may belong to the gateway that holds the port.
        bool isWritten = IsAllWritten() || await TryWriteAsync();
        if (_journal is not null)
        {
            await _journal.DisposeAsync();
        }
        _lock?.Dispose();
        _closing.Dispose();
        return isWritten;
    }

    private async Task RunAsync(TaskCompletionSource restored)
    {
        try
        {
            while (!await TryRestoreAsync())
            {
            }
            restored.SetResult();
            _syncing = _journal is { } journal ? CheckLoopAsync(journal, _room!) : Task.CompletedTask;
            using var timer = new PeriodicTimer(_schedule.Tick, time);
            while (await timer.WaitForNextTickAsync(_closing.Token))
            {
                await TickAsync();
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            restored.TrySetResult();
        }
    }

    /// <summary>Logs every failure and goes on: without this loop, pushes would be lost.</summary>
    private async Task TickAsync()
    {
        try
        {
            LogJournalFailure();
            if (_schedule.IsDue(IsSnapshotUrgent(), () => _written != store.Snapshot))
            {
                await TryWriteAsync();
            }
        }
        catch (Exception exception)
        {
            Fail($"cannot maintain {options.PersistenceFile}", exception, GatewayLog.NotPersisted);
        }
    }

    /// <summary>
    /// Syncs the journal if that is due, and checks that its file is in place. Runs concurrently with snapshots, which take
    /// seconds for a large store.
    /// </summary>
    private async Task CheckLoopAsync(JournalWriter journal, SnapshotRoom room)
    {
        using var timer = new PeriodicTimer(CheckInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token))
            {
                // The journal itself reports a failure.
                Task check = options.Fsync == FsyncPolicy.Interval ? journal.SyncAsync() : journal.CheckInPlaceAsync();
                await check.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await room.UpdateAsync(() => _output?.Length ?? 0);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
        }
    }

    private bool IsSnapshotUrgent() =>
        _snapshotRequested
        || _journal?.Failure is not null
        || _journal?.Bytes > options.JournalMaxSize.Bytes
        || _room is { IsShort: true };

    /// <summary>Upstream: writes an empty store once, too.</summary>
    private bool IsAllWritten() =>
        _files is null
        || (!_snapshotRequested
            && _fault is null
            && File.Exists(options.PersistenceFile)
            && (_journal is null || _journal is { Failure: null, Records: 0 })
            && _written == store.Snapshot);

    /// <summary>After a failed attempt, waits before it returns false.</summary>
    private async Task<bool> TryRestoreAsync()
    {
        long started = time.GetTimestamp();
        try
        {
            string path = FileLock.RealPath(options.PersistenceFile);
            _lock?.Dispose();
            _lock = new FileLock(path);
            RecoveredStore restored =
                await StoreRecovery.RunAsync(store, path, _lock, openFolder, time.GetUtcNow(), _closing.Token);
            RecoveredState files = restored.Files;
            _journal = options.EnableJournal
                ? await JournalWriter.OpenAsync(
                    files.Journal, new JournalOptions { Fsync = options.Fsync, SyncTook = metrics.RecordFsync })
                : null;
            if (_journal is not null)
            {
                journaled!.Open(_journal);
                _room = new SnapshotRoom(_journal, store);
                await _room.BeginAsync(new FileInfo(path) is { Exists: true } file ? file.Length : 0);
            }

            // Without a journal, a snapshot has to replace the journal that was restored.
            _snapshotRequested = files.Report.Findings.Count > 0 || (_journal is null && restored.Records > 0);
            _written = store.Snapshot;
            await beforeReady();
            _schedule.Succeeded();
            _state = _state with
            {
                RestoredGroups = _written.GroupCount,
                RestoredRecords = restored.Records,
                DiscardedRecords = restored.DiscardedRecords,
                DamagedFiles = files.Report.PreservedFiles.Count,
            };
            _fault = null;
            _files = files;

            // Follows the last step that can fail, since a retry would report the same findings again.
            restored.Log(logger);
            if (_lock.Weakness is { } weakness)
            {
                logger.FileNotLocked(options.PersistenceFile, weakness);
            }
            logger.Restored(options.PersistenceFile, _written.GroupCount, restored.Records);
            return true;
        }
        catch (Exception exception)
            when (exception is not OperationCanceledException || !_closing.IsCancellationRequested)
        {
            store.Apply(new WipeCommand());
            Fail($"cannot restore from {options.PersistenceFile}", exception, GatewayLog.NotRestored);
            await Task.Delay(SnapshotSchedule.PauseAfter(time.GetElapsedTime(started)), time, _closing.Token);
            return false;
        }
    }

    private async Task<bool> TryWriteAsync()
    {
        long started = time.GetTimestamp();
        try
        {
            _journal?.ThrowIfReplaced();
            Checkpoint? checkpoint = null;
            IReadOnlyList<RememberedKey> keys = [];
            StoreSnapshot snapshot = store.SnapshotAtomically(() =>
            {
                checkpoint = _journal?.BeginCheckpoint();
                keys = store.CopyIdempotencyKeys();
            });
            long bytes = await RunOnDedicatedThread(
                () => Write(snapshot, checkpoint?.Coverage ?? CheckpointId.NoJournal, keys));
            if (checkpoint is not null)
            {
                // Log even a short failure before it ends.
                LogJournalFailure();
                await _journal!.CompleteCheckpointAsync(checkpoint);
                await _room!.BeginAsync(bytes);
            }
            _written = snapshot;
            _snapshotRequested = false;
            _schedule.Succeeded();
            _state = _state with { SnapshotAt = time.GetUtcNow(), SnapshotDuration = time.GetElapsedTime(started) };
            Recover();
            return true;
        }
        catch (Exception exception)
        {
            _schedule.Failed(time.GetElapsedTime(started));
            _state = _state with { SnapshotFailures = _state.SnapshotFailures + 1 };
            Fail($"cannot write {options.PersistenceFile}", exception, GatewayLog.NotPersisted);
            return false;
        }
    }

    /// <summary>Returns the size of the file.</summary>
    private long Write(StoreSnapshot snapshot, CheckpointId coverage, IReadOnlyList<RememberedKey> keys)
    {
        try
        {
            return _files!.Snapshot.Write(coverage, stream => GobSnapshotWriter.Write(_output = stream, snapshot), keys);
        }
        finally
        {
            _output = null;
        }
    }

    /// <summary>Leaves the threads of the pool to requests, since a machine with one CPU has only one.</summary>
    private static Task<T> RunOnDedicatedThread<T>(Func<T> work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Logs a fault once while it lasts.</summary>
    /// <param name="log">Receives the logger, the persistence file and the cause.</param>
    private void Fail(string what, Exception exception, Action<ILogger, string, string> log)
    {
        bool isDiskError = exception is IOException or UnauthorizedAccessException or JournalFailedException;
        string cause = isDiskError ? exception.Message : $"{exception.GetType().Name}: {exception.Message}";
        string fault = $"{what}: {cause}";
        if (fault != _fault)
        {
            // An unexpected exception is a bug, so log its stack trace.
            log(logger, options.PersistenceFile, isDiskError ? cause : exception.ToString());
        }
        _fault = fault;
    }

    private void LogJournalFailure()
    {
        if (_journal?.Failure is { } failure && failure != _loggedFailure)
        {
            logger.NotPersisted(options.PersistenceFile, failure.Message);
            _loggedFailure = failure;
        }
    }

    private void Recover()
    {
        bool wasLogged = _fault is not null || _loggedFailure is not null;
        _fault = null;
        if (wasLogged && _journal?.Failure is null)
        {
            _loggedFailure = null;
            logger.PersistedAgain(options.PersistenceFile);
        }
    }
}
