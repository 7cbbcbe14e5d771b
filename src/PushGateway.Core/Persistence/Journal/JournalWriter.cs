using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>
/// Persists the changes of the store in order. Appending only queues a record. The journal's thread writes the queued
/// records, syncs them once and completes all their tickets, while the next batch gathers.
/// </summary>
/// <remarks>
/// <para>The store calls <see cref="TryAppend"/> under its lock before each change, and rejects the change if that
/// returns false. Outside the lock, await the ticket, then acknowledge.</para>
/// <para>A checkpoint: under the store's lock, call <see cref="BeginCheckpoint"/> and take the store's snapshot. Write
/// the snapshot with the checkpoint's coverage (<see cref="SnapshotFile"/>), then call
/// <see cref="CompleteCheckpointAsync"/>. A crash in between loses and repeats nothing, since the snapshot names the
/// segments that it covers. A failed snapshot costs only the space of the segments that it would have replaced.</para>
/// <para>After a failed write or sync, the content of the file is unknown. So the journal rejects further records and
/// reports the cause as <see cref="Failure"/>. Completing a checkpoint that began after the failure starts a new
/// segment, and the journal works again.</para>
/// <para>All members are thread-safe.</para>
/// </remarks>
public sealed class JournalWriter : IAsyncDisposable
{
    // Not a Lock, since the journal's thread waits with Monitor.Wait.
    private readonly object _gate = new();
    private readonly Queue<JournalStep> _steps = new();
    private readonly SegmentWriter _segments;
    private readonly long _journalId;
    private readonly BackpressureGate _backpressure;

    private JournalBatch? _openBatch;

    /// <summary>Completes when every record that was appended is durable.</summary>
    private Task _appended = Task.CompletedTask;

    private long _generation;
    private bool _hasRecords;
    private bool _isClosed;
    private long _failures;
    private volatile JournalFailedException? _failure;

    private JournalWriter(JournalStartPoint start, JournalOptions options)
    {
        _journalId = start.Header.JournalId;
        _backpressure = new BackpressureGate(options.MaxPendingBytes);
        _segments = new SegmentWriter(start, options);
        _generation = start.Header.Generation;
    }

    /// <summary>Why the journal rejects records; null while it works.</summary>
    public JournalFailedException? Failure => _failure;

    /// <summary>The number of failures so far.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>The size of the records that no snapshot covers.</summary>
    public long Bytes => _segments.TotalBytes;

    /// <summary>The number of records that no snapshot covers.</summary>
    public long Records => _segments.TotalRecords;

    /// <summary>
    /// The free bytes that the journal may still use. At 0 it fails as on a full disk, which reserves the rest for the snapshot
    /// that empties it.
    /// </summary>
    public long Room => _segments.Room;

    /// <summary>
    /// Begins a segment after the recovered ones. If the disk fails, the returned journal is in failure.
    /// </summary>
    /// <exception cref="IOException">Another gateway writes the journal.</exception>
    public static async Task<JournalWriter> OpenAsync(JournalStartPoint start, JournalOptions options)
    {
        var journal = new JournalWriter(start, options);
        Task begun = journal.Enqueue(new JournalTask(segments => segments.Begin(start.Header.Generation)));
        new Thread(journal.RunSteps) { IsBackground = true, Name = "journal" }.Start();
        await begun.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (journal.Failure is not null && journal._segments.IsNameTaken)
        {
            await journal.DisposeAsync();
            throw new IOException("another gateway uses the journal");
        }
        return journal;
    }

    /// <summary>Waits while the queue is too large. Call it before reading a body.</summary>
    public ValueTask WaitForCapacityAsync(CancellationToken cancellation) =>
        _backpressure.WaitForCapacityAsync(cancellation);

    /// <summary>Queues a record and takes ownership of it, without waiting for the disk.</summary>
    /// <returns>False if the journal failed or is closed: reject the change.</returns>
    public bool TryAppend(EncodedRecord record, out JournalTicket ticket)
    {
        lock (_gate)
        {
            if (_failure is not null || _isClosed)
            {
                ticket = default;
                return false;
            }
            if (_openBatch is null)
            {
                _openBatch = new JournalBatch();
                _appended = _openBatch.Done;
                Queue(_openBatch);
            }
            _openBatch.Add(record);
            _backpressure.Add(record.Length);
            _hasRecords = true;
            ticket = new JournalTicket(_openBatch.Done);
            return true;
        }
    }

    /// <summary>A ticket for all earlier records, without a new one.</summary>
    /// <returns>False if the journal failed or is closed: acknowledge none of them.</returns>
    public bool TryGetTicket(out JournalTicket ticket)
    {
        lock (_gate)
        {
            bool isWorking = _failure is null && !_isClosed;
            ticket = isWorking ? new JournalTicket(_appended) : default;
            return isWorking;
        }
    }

    /// <summary>
    /// Throws if another file has taken the name of the journal, perhaps that of another gateway: write no snapshot.
    /// </summary>
    /// <exception cref="IOException">Another file has its name.</exception>
    public void ThrowIfReplaced()
    {
        if (_failure is not null && _segments.IsNameTaken)
        {
            throw new IOException("another journal has replaced this gateway's: restart it, or remove that");
        }
    }

    /// <summary>
    /// Ends the current segment, without waiting for the disk. Hold the store's lock, and take the store's snapshot
    /// under the same lock.
    /// </summary>
    public Checkpoint BeginCheckpoint()
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                return new Checkpoint(new CheckpointId(_journalId, _generation), _failures);
            }
            if (_hasRecords && !_isClosed)
            {
                long next = ++_generation;
                _hasRecords = false;
                Queue(new JournalTask(segments => segments.Begin(next)));
            }
            return new Checkpoint(new CheckpointId(_journalId, _generation - 1), failure: null);
        }
    }

    /// <summary>
    /// Deletes the segments that a checkpoint covers, after its snapshot is durable. If the checkpoint began after a
    /// failure, starts a new segment, so that the journal works again.
    /// </summary>
    /// <exception cref="JournalFailedException">The new segment cannot be written.</exception>
    public Task CompleteCheckpointAsync(Checkpoint checkpoint) =>
        Enqueue(new JournalTask(segments => CompleteCheckpoint(segments, checkpoint), runsAfterFailure: true));

    /// <summary>Syncs all records that were appended before.</summary>
    public Task SyncAsync() => Enqueue(new JournalTask(segments =>
    {
        segments.Sync();
        segments.CheckInPlace();
    }));

    /// <summary>Fails the journal if somebody removed or replaced its file.</summary>
    public Task CheckInPlaceAsync() => Enqueue(new JournalTask(segments => segments.CheckInPlace()));

    /// <summary>Sets <see cref="Room"/> to what is free now, minus a reserve; null sets no bound.</summary>
    /// <param name="snapshotBytes">Called on the journal's thread.</param>
    public Task LeaveRoomAsync(Func<long?> snapshotBytes) =>
        Enqueue(new JournalTask(segments => segments.LeaveRoom(snapshotBytes())));

    /// <summary>Writes and syncs the queued records, then closes the journal.</summary>
    public async ValueTask DisposeAsync()
    {
        JournalStep close;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }
            close = new JournalTask(segments => segments.Close(), runsAfterFailure: true);
            Queue(close);
            _isClosed = true;
        }
        await close.Done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task Enqueue(JournalStep step)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                step.Fail(new JournalFailedException("the journal is closed", cause: null));
            }
            else
            {
                Queue(step);
            }
        }
        return step.Done;
    }

    /// <summary>Queues a step before all records that are appended later. Requires the gate.</summary>
    private void Queue(JournalStep step)
    {
        if (step != _openBatch)
        {
            _openBatch = null;
        }
        _steps.Enqueue(step);
        Monitor.Pulse(_gate);
    }

    /// <summary>
    /// The journal's thread. It ends only when the journal closes: every exception becomes a failure.
    /// </summary>
    private void RunSteps()
    {
        while (Next() is { } step)
        {
            JournalFailedException? failure = step.RunsAfterFailure ? null : _failure;
            failure ??= TryRun(step);
            _backpressure.Add(-step.Bytes);
            if (failure is null)
            {
                step.Complete();
            }
            else
            {
                step.Fail(failure);
            }
        }
    }

    private JournalStep? Next()
    {
        lock (_gate)
        {
            while (_steps.Count == 0)
            {
                if (_isClosed)
                {
                    return null;
                }
                Monitor.Wait(_gate);
            }
            JournalStep step = _steps.Dequeue();
            if (step == _openBatch)
            {
                _openBatch = null;
            }
            return step;
        }
    }

    private JournalFailedException? TryRun(JournalStep step)
    {
        try
        {
            step.Run(_segments);
            return null;
        }
        catch (Exception e)
        {
            // Any exception, since callers would wait forever otherwise.
            var failure = new JournalFailedException($"the journal cannot be written: {e.Message}", e);
            lock (_gate)
            {
                _failure = failure;
                _failures++;
            }
            _segments.TruncateUnacknowledged();
            return failure;
        }
    }

    private void CompleteCheckpoint(SegmentWriter segments, Checkpoint checkpoint)
    {
        long covered = checkpoint.Coverage.Generation;
        bool endsFailure;
        lock (_gate)
        {
            // The snapshot must include every change up to the latest failure.
            endsFailure = _failure is not null && checkpoint.Failure == _failures;
        }
        if (!endsFailure)
        {
            segments.DeleteCovered(covered);
            return;
        }
        segments.RestartAfterFailure(covered);
        lock (_gate)
        {
            _generation = covered + 1;
            _hasRecords = false;
            _failure = null;

            // The snapshot contains the records that could not be written.
            _appended = Task.CompletedTask;
        }
    }
}
