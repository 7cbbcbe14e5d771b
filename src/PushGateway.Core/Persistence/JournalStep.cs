namespace PushGateway.Core.Persistence;

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
