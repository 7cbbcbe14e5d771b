namespace PushGateway.Fuzz;

/// <summary>Runs single inputs, and reports failures.</summary>
internal sealed class FuzzCase(FuzzTarget target)
{
    /// <summary>CPU time, long enough for the JIT compiler not to matter.</summary>
    private static readonly TimeSpan SlowAfter = TimeSpan.FromMilliseconds(500);

    private const int Attempts = 3;

    /// <summary>Null if all is well.</summary>
    public FuzzFailure? Run(byte[] input, long execution)
    {
        try
        {
            FuzzFault? fault = Measure(input, out string message);

            // One-time costs, such as filling a cache, are not caused by the input.
            for (int i = 1; i < Attempts && fault is not null; i++)
            {
                fault = Measure(input, out message);
            }
            if (fault is not null)
            {
                return new FuzzFailure(fault.Value, message, input, execution);
            }
            target.Check(input);
            return null;
        }
        catch (OracleException exception)
        {
            return new FuzzFailure(FuzzFault.Oracle, exception.Message, input, execution);
        }
#pragma warning disable CA1031 // That none comes out, of whatever kind, is what is tried here.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new FuzzFailure(FuzzFault.Exception, exception.ToString(), input, execution);
        }
    }

    /// <summary>The same failure with less input, if it is easily found.</summary>
    public FuzzFailure Shrink(FuzzFailure failure)
    {
        for (int piece = failure.Input.Length / 2; piece > 0; piece /= 2)
        {
            for (int at = 0; at + piece <= failure.Input.Length;)
            {
                byte[] less = [.. failure.Input.AsSpan(0, at), .. failure.Input.AsSpan(at + piece)];
                if (Run(less, failure.Execution) is { } same && same.Fault == failure.Fault)
                {
                    failure = same;
                }
                else
                {
                    at += piece;
                }
            }
        }
        return failure;
    }

    private FuzzFault? Measure(byte[] input, out string message)
    {
        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan started = ThreadTime.Now;
        target.Read(input);
        TimeSpan took = ThreadTime.Now - started;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        long allowed = target.BytesBesides + ((long)target.BytesPerByte * input.Length);
        message = $"{input.Length} bytes of input took {took.TotalMilliseconds:F0} ms and {allocated} bytes; allowed are "
            + $"{SlowAfter.TotalMilliseconds:F0} ms and {allowed} bytes";
        return took > SlowAfter ? FuzzFault.Slow : allocated > allowed ? FuzzFault.Memory : null;
    }
}
