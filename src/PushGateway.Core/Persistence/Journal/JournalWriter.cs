using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>
/// Keeps each change of the store on the disk, in the order in which the store made them. Appending only queues; a
/// thread of the journal's own writes what is queued, syncs it once, and lets all go on that wait for it, while the
/// next batch gathers.
/// </summary>
/// <remarks>
/// <para>The store, under its lock: <see cref="TryAppend"/>, then make the change; if it says no, do not make it.
/// Without the lock: await the ticket, then answer.</para>
/// <para>A snapshot: under the store's lock take the store's snapshot and a <see cref="BeginCheckpoint"/>; write the one with the
/// other's coverage (<see cref="SnapshotFile"/>); then <see cref="CompleteCheckpointAsync"/>. A crash between any two of these
/// loses and doubles nothing, since the snapshot itself says which part of the journal it holds. A snapshot that fails
/// costs nothing but the space of the parts that it would have replaced.</para>
/// <para>A failed write or sync ends it for now: <see cref="Failure"/> says why, all that wait get it, and nothing more
/// is taken, for after a failed sync no one knows what the file holds. A snapshot that is taken after the failure holds
/// all that the store holds; when it is written, <see cref="CompleteCheckpointAsync"/> begins a new file, and the journal goes
/// on.</para>
/// <para>All members are thread-safe.</para>
/// </remarks>
public sealed class JournalWriter : IAsyncDisposable
{
    // Not a Lock: the journal's thread waits on it.
    private readonly object _gate = new();
    private readonly Queue<JournalStep> _steps = new();
    private readonly SegmentWriter _files;
    private readonly long _journalId;
    private readonly BackpressureGate _pending;

    private JournalBatch? _open;
    private long _generation;
    private bool _hasRecords;
    private bool _isClosed;
    private long _failures;
    private volatile JournalFailedException? _failure;

    private JournalWriter(JournalStartPoint start, JournalOptions options)
    {
        _journalId = start.Header.JournalId;
        _pending = new BackpressureGate(options.MaxPendingBytes);
        _files = new SegmentWriter(start, options);
        _generation = start.Header.Generation;
    }

    /// <summary>Why the journal takes nothing now; null if it does.</summary>
    public JournalFailedException? Failure => _failure;

    /// <summary>How often it has failed.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>What the records take, in bytes, that no snapshot holds.</summary>
    public long Bytes => _files.TotalBytes;

    /// <summary>How many records no snapshot holds.</summary>
    public long Records => _files.TotalRecords;

    /// <summary>
    /// Begins a file behind those that were restored. If the disk fails, the journal has failed from the start.
    /// </summary>
    /// <exception cref="IOException">Another gateway has begun one, and holds more than was restored.</exception>
    public static async Task<JournalWriter> OpenAsync(JournalStartPoint start, JournalOptions options)
    {
        var journal = new JournalWriter(start, options);
        Task begun = journal.Enqueue(new JournalTask(files => files.Begin(start.Header.Generation)));
        new Thread(journal.RunSteps) { IsBackground = true, Name = "journal" }.Start();
        await begun.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (journal.Failure is not null && journal._files.IsNameTaken)
        {
            await journal.DisposeAsync();
            throw new IOException("another gateway uses the journal");
        }
        return journal;
    }

    /// <summary>
    /// Waits while too much is pending. To be called before a body is read, while there is nothing to hold.
    /// </summary>
    public ValueTask WaitForCapacityAsync(CancellationToken cancellation) => _pending.WaitForCapacityAsync(cancellation);

    /// <summary>Queues a record, and takes it over. Never waits for the disk.</summary>
    /// <returns>False if the journal has failed or is closed: the change must not be made.</returns>
    public bool TryAppend(EncodedRecord record, out JournalTicket ticket)
    {
        lock (_gate)
        {
            if (_failure is not null || _isClosed)
            {
                ticket = default;
                return false;
            }
            if (_open is null)
            {
                _open = new JournalBatch();
                Put(_open);
            }
            _open.Add(record);
            _pending.Add(record.Length);
            _hasRecords = true;
            ticket = new JournalTicket(_open.Done);
            return true;
        }
    }

    /// <summary>
    /// Ends the current generation, without waiting for the disk. The store's lock must be held, and its snapshot taken
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
                Put(new JournalTask(files => files.Begin(next)));
            }
            return new Checkpoint(new CheckpointId(_journalId, _generation - 1), failure: null);
        }
    }

    /// <summary>
    /// Deletes what a cut's snapshot holds, now that it is durable. If the cut was taken after a failure, begins a new
    /// file too, so that the journal goes on.
    /// </summary>
    /// <exception cref="JournalFailedException">A new file could not be begun.</exception>
    public Task CompleteCheckpointAsync(Checkpoint cut) =>
        Enqueue(new JournalTask(files => CompleteCheckpoint(files, cut), runsAfterFailure: true));

    /// <summary>Makes durable what was written; done before anything that is appended later.</summary>
    public Task SyncAsync() => Enqueue(new JournalTask(files => files.Sync()));

    /// <summary>Writes and syncs what is pending, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        JournalStep close;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }
            close = new JournalTask(files => files.Close(), runsAfterFailure: true);
            Put(close);
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
                Put(step);
            }
        }
        return step.Done;
    }

    /// <summary>Under the gate. What is appended later comes behind the step.</summary>
    private void Put(JournalStep step)
    {
        if (step != _open)
        {
            _open = null;
        }
        _steps.Enqueue(step);
        Monitor.Pulse(_gate);
    }

    /// <summary>
    /// The journal's thread. Nothing but the end of the journal ends it: what fails is a failure of the journal.
    /// </summary>
    private void RunSteps()
    {
        while (Next() is { } step)
        {
            JournalFailedException? failure = step.RunsAfterFailure ? null : _failure;
            failure ??= TryRun(step);
            _pending.Add(-step.Bytes);
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
            if (step == _open)
            {
                _open = null;
            }
            return step;
        }
    }

    private JournalFailedException? TryRun(JournalStep step)
    {
        try
        {
            step.Run(_files);
            return null;
        }
        catch (Exception e)
        {
            // Whatever it is, nobody may wait for ever.
            var failure = new JournalFailedException($"the journal cannot be written: {e.Message}", e);
            lock (_gate)
            {
                _failure = failure;
                _failures++;
            }
            _files.CutTail();
            return failure;
        }
    }

    private void CompleteCheckpoint(SegmentWriter files, Checkpoint cut)
    {
        lock (_gate)
        {
            if (_failure is null || cut.Failure != _failures)
            {
                // Without a failure, or one that the snapshot knows nothing of.
                cut = new Checkpoint(cut.Coverage, failure: null);
            }
        }
        if (cut.Failure is null)
        {
            files.Drop(cut.Coverage.Generation);
            return;
        }
        files.BeginAnew(cut.Coverage.Generation);
        lock (_gate)
        {
            _generation = cut.Coverage.Generation + 1;
            _hasRecords = false;
            _failure = null;
        }
    }
}
