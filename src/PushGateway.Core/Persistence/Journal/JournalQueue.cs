namespace PushGateway.Core.Persistence.Journal;

/// <summary>Something for the journal's thread to do with the files. All that wait for it share one task.</summary>
internal abstract class JournalStep
{
    // Whoever waits goes on elsewhere: the journal's thread is for the disk.
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    /// <summary>Whether it is done even when the journal has failed.</summary>
    public virtual bool RunsAfterFailure => false;

    /// <summary>How much memory it holds until it is done.</summary>
    public virtual long Bytes => 0;

    public abstract void Run(SegmentWriter files);

    public virtual void Complete() => _done.SetResult();

    public virtual void Fail(JournalFailedException failure)
    {
        _done.SetException(failure);

        // Observed, as far as the runtime is concerned: some clients do not wait for their answer.
        _ = _done.Task.Exception;
    }
}

/// <summary>A step that is not about records.</summary>
internal sealed class JournalTask(Action<SegmentWriter> run, bool runsAfterFailure = false) : JournalStep
{
    public override bool RunsAfterFailure => runsAfterFailure;

    public override void Run(SegmentWriter files) => run(files);
}

/// <summary>The records that came while the batch before was on its way to the disk.</summary>
internal sealed class JournalBatch : JournalStep
{
    private readonly List<EncodedRecord> _records = [];
    private readonly List<ReadOnlyMemory<byte>> _buffers = [];
    private long _bytes;

    public override long Bytes => _bytes;

    public void Add(EncodedRecord record)
    {
        record.TakeOver();
        _records.Add(record);
        _buffers.Add(record.Bytes);
        _bytes += record.Length;
    }

    public override void Run(SegmentWriter files) => files.Append(_buffers, _bytes);

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

/// <summary>
/// Stands for a record that was appended. The default one stands for nothing, and need not be waited for.
/// </summary>
public readonly struct JournalTicket
{
    private readonly Task? _written;

    internal JournalTicket(Task written) => _written = written;

    /// <summary>Completes when the record is as durable as the <see cref="FsyncPolicy"/> promises.</summary>
    /// <exception cref="JournalFailedException">It is not, and the push must not be acknowledged.</exception>
    public ValueTask WaitDurableAsync() => _written is null ? default : new ValueTask(_written);
}
