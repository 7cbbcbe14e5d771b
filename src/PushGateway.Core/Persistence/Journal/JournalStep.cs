namespace PushGateway.Core.Persistence.Journal;

/// <summary>A unit of work for the journal's thread. All callers that wait for it share one task.</summary>
internal abstract class JournalStep
{
    // Continuations run elsewhere, since the journal's thread is reserved for the disk.
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    /// <summary>Whether to run it while the journal is failed.</summary>
    public virtual bool RunsAfterFailure => false;

    /// <summary>The memory that it occupies until it completes.</summary>
    public virtual long Bytes => 0;

    public abstract void Run(SegmentWriter segments);

    public virtual void Complete() => _done.SetResult();

    public virtual void Fail(JournalFailedException failure)
    {
        _done.SetException(failure);

        // Marks the exception as observed: a client that disconnected does not await it.
        _ = _done.Task.Exception;
    }
}

/// <summary>A step without records.</summary>
internal sealed class JournalTask(Action<SegmentWriter> run, bool runsAfterFailure = false) : JournalStep
{
    public override bool RunsAfterFailure => runsAfterFailure;

    public override void Run(SegmentWriter segments) => run(segments);
}

/// <summary>The records that arrived while the previous batch was being written.</summary>
internal sealed class JournalBatch : JournalStep
{
    private readonly List<EncodedRecord> _records = [];
    private readonly List<ReadOnlyMemory<byte>> _buffers = [];
    private long _bytes;

    public override long Bytes => _bytes;

    public void Add(EncodedRecord record)
    {
        record.TransferToJournal();
        _records.Add(record);
        _buffers.Add(record.Bytes);
        _bytes += record.Length;
    }

    public override void Run(SegmentWriter segments) => segments.Append(_buffers, _bytes);

    public override void Complete()
    {
        Release();
        base.Complete();
    }

    public override void Fail(JournalFailedException failure)
    {
        Release();
        base.Fail(failure);
    }

    private void Release() => _records.ForEach(record => record.Release());
}

/// <summary>Represents an appended record. The default value represents none, and is always durable.</summary>
public readonly struct JournalTicket
{
    private readonly Task? _written;

    internal JournalTicket(Task written) => _written = written;

    /// <summary>Completes when the record is durable according to the <see cref="FsyncPolicy"/>.</summary>
    /// <exception cref="JournalFailedException">Writing failed: do not acknowledge the push.</exception>
    public ValueTask WaitDurableAsync() => _written is null ? default : new ValueTask(_written);
}
