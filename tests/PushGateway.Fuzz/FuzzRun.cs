using System.Diagnostics;

namespace PushGateway.Fuzz;

/// <summary>Runs one target with one input after another, on a separate, monitored thread.</summary>
/// <param name="executions">The maximum executions; null for as many as time allows.</param>
internal sealed class FuzzRun(FuzzTarget target, ulong seed, long? executions, TimeSpan time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly FuzzCase _case = new(target);

    // Written by the thread, read by its monitor.
    private byte[] _input = [];
    private long _execution = -1;
    private FuzzFailure? _failure;

    /// <summary>After this time, an input and its thread are abandoned.</summary>
    public TimeSpan HangAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The number of completed inputs.</summary>
    public long Executions => Volatile.Read(ref _execution) + 1;

    public TimeSpan Took { get; private set; }

    /// <summary>Runs until time or executions are used up, or something fails.</summary>
    public FuzzFailure? Run()
    {
        long started = Stopwatch.GetTimestamp();
        var thread = new Thread(RunAll) { IsBackground = true, Name = target.Name };
        thread.Start();
        long seen = -1;
        long seenAt = started;
        while (!thread.Join(LookEvery))
        {
            long execution = Volatile.Read(ref _execution);
            if (execution != seen)
            {
                (seen, seenAt) = (execution, Stopwatch.GetTimestamp());
            }
            else if (Stopwatch.GetElapsedTime(seenAt) > HangAfter)
            {
                _failure = new FuzzFailure(
                    FuzzFault.Hang, $"no end after {HangAfter.TotalSeconds} s", Volatile.Read(ref _input), execution + 1);
                break;
            }
        }
        Took = Stopwatch.GetElapsedTime(started);
        return _failure;
    }

    private void RunAll()
    {
        var dice = new Dice();
        var mutator = new Mutator(dice, target.Seeds, target.Words);
        long started = Stopwatch.GetTimestamp();
        for (long i = 0; i != executions && (executions is not null || Stopwatch.GetElapsedTime(started) < time); i++)
        {
            dice.Begin(seed, i);
            byte[] input = target.Make(mutator);
            Volatile.Write(ref _input, input);
            if (_case.Run(input, i) is { } failure)
            {
                _failure = failure.Fault == FuzzFault.Slow ? failure : _case.Shrink(failure);
                return;
            }
            Volatile.Write(ref _execution, i);
        }
    }
}
