using PushGateway.CommandLine;
using PushGateway.Core.Persistence;
using PushGateway.Core.Store;
using PushGateway.Telemetry;

namespace PushGateway.Persistence;

/// <summary>
/// Keeps the store on the disk: restores it at the start, has each change written to the journal before it is
/// acknowledged, and writes the snapshot that keeps the journal short.
/// </summary>
/// <remarks>Without --persistence.file it does nothing, and is always ready.</remarks>
internal sealed class Persistence(
    GatewayOptions options, GroupStore store, TimeProvider time, ILogger<Persistence> logger) : IAsyncDisposable
{
    /// <summary>How often it is looked whether something is to be done; also the pause between attempts that fail.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _closing = new();
    private Task _loop = Task.CompletedTask;
    private RestoredFiles? _files;
    private Journal? _journal;
    private StoreSnapshot? _written;
    private DateTimeOffset _writtenAt;
    private bool _writesSoon;
    private volatile string? _fault;
    private int _isClosed;

    private bool IsOn => options.PersistenceFile.Length > 0;

    /// <summary>Whether what was stored is not all there yet.</summary>
    public bool IsRestoring => IsOn && _files is null;

    /// <summary>Why the gateway is not ready; null if it is.</summary>
    public string? NotReadyReason => IsRestoring ? _fault ?? "restoring" : RefusalReason ?? _fault;

    /// <summary>Why no change can be taken; null if it can.</summary>
    public string? RefusalReason => _journal?.Failure?.Message;

    /// <summary>Begins to restore. From the end of that on, what changes is written.</summary>
    public Task StartAsync()
    {
        if (!IsOn)
        {
            return Task.CompletedTask;
        }
        var restored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop = Task.Run(() => RunAsync(restored));
        return restored.Task;
    }

    /// <summary>Waits while the disk is too far behind. To be called before a body is read.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellation) =>
        _journal?.WaitForRoomAsync(cancellation) ?? default;

    /// <summary>For a change that is about to be made.</summary>
    /// <param name="key">The group that a failure would be noted in; null for changes that are never refused.</param>
    public KeptChange Prepare(Func<JournalRecord> record, GroupingKey? key = null) =>
        _journal is { } journal ? new KeptChange(journal, record(), key) : KeptChange.Nowhere;

    /// <summary>Writes the last snapshot. No change may come any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return;
        }
        await _closing.CancelAsync();
        await _loop;
        if (_files is not null)
        {
            await TryWriteAsync();
        }
        if (_journal is not null)
        {
            await _journal.DisposeAsync();
        }
        _closing.Dispose();
    }

    private async Task RunAsync(TaskCompletionSource restored)
    {
        using var timer = new PeriodicTimer(MinTick(), time);
        try
        {
            while (_files is null)
            {
                await TryRestoreAsync();
                if (_files is null)
                {
                    await timer.WaitForNextTickAsync(_closing.Token);
                }
            }
            restored.SetResult();
            while (await timer.WaitForNextTickAsync(_closing.Token))
            {
                if (IsSnapshotDue())
                {
                    await TryWriteAsync();
                }
                if (options.Fsync == FsyncPolicy.Interval && _journal is { Failure: null } journal)
                {
                    await journal.SyncAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            restored.TrySetResult();
        }
    }

    private TimeSpan MinTick()
    {
        TimeSpan interval = options.PersistenceInterval.ToTimeSpan();
        return interval > TimeSpan.FromMilliseconds(10) && interval < Tick ? interval : Tick;
    }

    private bool IsSnapshotDue() =>
        _writesSoon
        || _journal?.Failure is not null
        || _journal?.Bytes > options.JournalMaxBytes
        || (time.GetUtcNow() - _writtenAt >= options.PersistenceInterval.ToTimeSpan() && _written != store.Snapshot);

    private async Task TryRestoreAsync()
    {
        string path = Path.GetFullPath(options.PersistenceFile);
        try
        {
            var restore = Restore.Begin(
                new DiskFolder(Path.GetDirectoryName(path) ?? "/"), Path.GetFileName(path), time.GetUtcNow());
            await RestoreSnapshotAsync(restore);
            var faults = new List<string>();
            await StateFiles.ReplayAsync(restore.Records(), store, faults);
            faults.ForEach(logger.RestoreFinding);
            RestoredFiles files = restore.Finish();
            foreach (string finding in files.Report.Findings)
            {
                logger.RestoreFinding(finding);
            }
            _writesSoon |= files.Report.Findings.Count > 0;
            _journal = options.EnableJournal
                ? await Journal.OpenAsync(files.Journal, new JournalOptions { Fsync = options.Fsync })
                : null;
            _written = store.Snapshot;
            _writtenAt = time.GetUtcNow();
            _fault = null;
            _files = files;
            logger.Restored(options.PersistenceFile, _written.GroupCount, files.Report.Records);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            store.Apply(new WipeCommand());
            Fail($"cannot restore from {options.PersistenceFile}", exception);
        }
    }

    private async Task RestoreSnapshotAsync(Restore restore)
    {
        using Stream? snapshot = restore.OpenSnapshot();
        if (snapshot is null)
        {
            return;
        }
        var unreadable = new List<UnreadableFamily>();
        if (await StateFiles.RestoreAsync(snapshot, store, unreadable) is { } damage)
        {
            restore.SnapshotIsDamaged(damage);
        }
        foreach (UnreadableFamily family in unreadable)
        {
            logger.FamilyNotRestored(family.Name.ToString(), family.Error.Message);
        }
    }

    private async Task TryWriteAsync()
    {
        try
        {
            JournalCut? cut = null;
            StoreSnapshot snapshot = store.TakeSnapshot(() => cut = _journal?.Cut());
            _files!.Snapshot.Write(
                cut?.Coverage ?? SnapshotCoverage.NoJournal, stream => GobSnapshotWriter.Write(stream, snapshot));
            if (cut is not null)
            {
                await _journal!.CoveredAsync(cut);
            }
            _written = snapshot;
            _writtenAt = time.GetUtcNow();
            _writesSoon = false;
            _fault = null;
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or JournalFailedException)
        {
            _writtenAt = time.GetUtcNow();
            Fail($"cannot write {options.PersistenceFile}", exception);
        }
    }

    /// <summary>Told once, however long it lasts.</summary>
    private void Fail(string what, Exception exception)
    {
        string fault = $"{what}: {exception.Message}";
        if (fault != _fault)
        {
            logger.NotPersisted(options.PersistenceFile, exception.Message);
        }
        _fault = fault;
    }
}
