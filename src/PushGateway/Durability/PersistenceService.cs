using PushGateway.CommandLine;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Persistence.Snapshot;
using PushGateway.Core.Store;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Durability;

/// <summary>
/// Keeps the store on the disk: restores it at the start, has each change written to the journal before it is
/// acknowledged, and writes the snapshot that keeps the journal short.
/// </summary>
/// <remarks>Without --persistence.file it does nothing, and is always ready.</remarks>
internal sealed class PersistenceService(
    GatewayOptions options,
    GroupStore store,
    PersistenceMetrics metrics,
    Func<string, DurableFolder> openFolder,
    TimeProvider time,
    ILogger<PersistenceService> logger) : IAsyncDisposable
{
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _closing = new();
    private readonly SnapshotSchedule _schedule = new(options.PersistenceInterval.ToTimeSpan(), time);
    private Task _loop = Task.CompletedTask;
    private Task _syncing = Task.CompletedTask;
    private JournalWriter? _journal;

    /// <summary>Set when all that was stored is there; what is set before it is seen by whoever sees it.</summary>
    private volatile RecoveredState? _files;

    private StoreSnapshot? _written;

    /// <summary>Whether a snapshot is wanted though nothing has changed since the restore.</summary>
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

    /// <summary>Whether what was stored is not all there yet.</summary>
    public bool IsRestoring => IsOn && _files is null;

    /// <summary>Whether it was told to end: a restore that goes on yet is given up.</summary>
    public bool IsClosing => _closing.IsCancellationRequested;

    /// <summary>Whether the last attempt to restore, or to write the persistence file, failed.</summary>
    public bool HasFault => _fault is not null;

    /// <summary>Why the gateway is not ready; null if it is.</summary>
    public string? NotReadyReason => IsRestoring ? _fault ?? "restoring" : RefusalReason ?? _fault;

    /// <summary>Why no change can be taken; null if it can.</summary>
    public string? RefusalReason => _journal?.Failure?.Message;

    /// <summary>How it is doing now. For any thread.</summary>
    public PersistenceState State => _state with
    {
        JournalBytes = _journal?.Bytes ?? 0,
        JournalRecords = _journal?.Records ?? 0,
        JournalFailures = _journal?.Failures ?? 0,
        Fault = NotReadyReason,
    };

    /// <summary>The largest body of a push that can be kept, in bytes.</summary>
    public long MaxBodyBytes => _journal is null ? long.MaxValue : EncodedRecord.MaxPayloadBytes;

    /// <summary>Begins to restore. From the end of that on, what changes is written.</summary>
    public Task StartAsync()
    {
        if (!IsOn)
        {
            return Task.CompletedTask;
        }
        metrics.Show(() => State);
        var restored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop = Task.Run(() => RunAsync(restored));
        return restored.Task;
    }

    /// <summary>Waits while the disk is too far behind. To be called before a body is read.</summary>
    public ValueTask WaitForCapacityAsync(CancellationToken cancellation) =>
        _journal?.WaitForCapacityAsync(cancellation) ?? default;

    /// <summary>For a change that is about to be made.</summary>
    /// <param name="key">The group that a failure would be noted in; null for changes that are never refused.</param>
    public PendingWrite Prepare(Func<JournalRecord> record, GroupingKey? key = null) =>
        _journal is { } journal ? new PendingWrite(journal, record(), key) : PendingWrite.Nowhere;

    /// <summary>Writes the last snapshot. No change may come any more.</summary>
    /// <returns>False if there is something that it could not write.</returns>
    public async ValueTask<bool> CloseAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return true;
        }
        await _closing.CancelAsync();
        await _loop;
        await _syncing;

        // Not for nothing: where the start has failed, the file may be that of the gateway that has the port.
        bool isKept = IsAllWritten() || await TryWriteAsync();
        if (_journal is not null)
        {
            await _journal.DisposeAsync();
        }
        _closing.Dispose();
        return isKept;
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task RunAsync(TaskCompletionSource restored)
    {
        try
        {
            while (!await TryRestoreAsync())
            {
            }
            restored.SetResult();
            _syncing = options.Fsync == FsyncPolicy.Interval && _journal is { } journal
                ? FsyncLoopAsync(journal)
                : Task.CompletedTask;
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

    /// <summary>Whatever happens is told and tried again: to lose the loop would be to lose what is pushed.</summary>
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
            Fail($"cannot look after {options.PersistenceFile}", exception);
        }
    }

    /// <summary>Beside the snapshots, which take seconds where much is stored.</summary>
    private async Task FsyncLoopAsync(JournalWriter journal)
    {
        using var timer = new PeriodicTimer(SyncInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token))
            {
                // If it fails, the journal has failed, and says so to all who ask.
                await journal.SyncAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
        }
    }

    private bool IsSnapshotUrgent() =>
        _snapshotRequested || _journal?.Failure is not null || _journal?.Bytes > options.JournalMaxSize.Bytes;

    /// <summary>Upstream: a store that was always empty is written too, once.</summary>
    private bool IsAllWritten() =>
        _files is null
        || (!_snapshotRequested
            && _fault is null
            && File.Exists(options.PersistenceFile)
            && (_journal is null || _journal is { Failure: null, Records: 0 })
            && _written == store.Snapshot);

    /// <summary>After an attempt that fails, waits until the next one may be made.</summary>
    private async Task<bool> TryRestoreAsync()
    {
        long started = time.GetTimestamp();
        try
        {
            string path = Path.GetFullPath(options.PersistenceFile);
            var restore = new StoreRecovery(store, time, logger);
            RecoveredStore restored = await restore.RunAsync(path, openFolder, _closing.Token);
            RecoveredState files = restored.Files;
            _journal = options.EnableJournal
                ? await JournalWriter.OpenAsync(
                    files.Journal, new JournalOptions { Fsync = options.Fsync, SyncTook = metrics.RecordFsync })
                : null;

            // Without a journal, the next start would not make much of the one that was there.
            _snapshotRequested = files.Report.Findings.Count > 0 || (_journal is null && restored.Records > 0);
            _written = store.Snapshot;
            _schedule.Succeeded();
            _state = _state with
            {
                RestoredGroups = _written.GroupCount,
                RestoredRecords = restored.Records,
                DiscardedRecords = restored.DiscardedRecords,
            };
            _fault = null;
            _files = files;
            logger.Restored(options.PersistenceFile, _written.GroupCount, restored.Records);
            return true;
        }
        catch (Exception exception)
            when (exception is not OperationCanceledException || !_closing.IsCancellationRequested)
        {
            store.Apply(new WipeCommand());
            Fail($"cannot restore from {options.PersistenceFile}", exception);
            await Task.Delay(SnapshotSchedule.PauseAfter(time.GetElapsedTime(started)), time, _closing.Token);
            return false;
        }
    }

    private async Task<bool> TryWriteAsync()
    {
        long started = time.GetTimestamp();
        try
        {
            Checkpoint? cut = null;
            StoreSnapshot snapshot = store.SnapshotAtomically(() => cut = _journal?.BeginCheckpoint());
            await RunOnDedicatedThread(() => _files!.Snapshot.Write(
                cut?.Coverage ?? CheckpointId.NoJournal, stream => GobSnapshotWriter.Write(stream, snapshot)));
            if (cut is not null)
            {
                // Told before it is over, however short it was.
                LogJournalFailure();
                await _journal!.CompleteCheckpointAsync(cut);
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
            Fail($"cannot write {options.PersistenceFile}", exception);
            return false;
        }
    }

    /// <summary>The pool's threads are few, and for requests: with one processor, there is one.</summary>
    private static Task<T> RunOnDedicatedThread<T>(Func<T> work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Told once, however long it lasts.</summary>
    private void Fail(string what, Exception exception)
    {
        bool isOfTheDisk = exception is IOException or UnauthorizedAccessException or JournalFailedException;
        string cause = isOfTheDisk ? exception.Message : $"{exception.GetType().Name}: {exception.Message}";
        string fault = $"{what}: {cause}";
        if (fault != _fault)
        {
            // What nobody has thought of is to be reported, and found.
            logger.NotPersisted(options.PersistenceFile, isOfTheDisk ? cause : exception.ToString());
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
        bool hasTold = _fault is not null || _loggedFailure is not null;
        _fault = null;
        if (hasTold && _journal?.Failure is null)
        {
            _loggedFailure = null;
            logger.PersistedAgain(options.PersistenceFile);
        }
    }
}
