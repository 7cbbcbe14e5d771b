namespace PushGateway.Fuzz;

/// <summary>Checks that the harness detects each kind of fault in faulty targets, and that its runs are repeatable.</summary>
internal static class SelfTest
{
    private const int Executions = 2000;

    private static readonly TimeSpan Unused = TimeSpan.Zero;

    public static int Run()
    {
        var never = new ManualResetEventSlim();
        byte[] kept = [];
        bool passes =
            Finds(FuzzFault.Exception, new FaultyTarget(read: input => input.Contains((byte)'!') ? throw new FormatException() : 0))
            & Finds(FuzzFault.Oracle, new FaultyTarget(check: input => input.Length == 3 ? throw new OracleException("3") : 0))
            & Finds(FuzzFault.Memory, new FaultyTarget(read: input => (kept = new byte[input.Length > 5 ? 1 << 20 : 1]).Length))
            & Finds(FuzzFault.Slow, new FaultyTarget(read: input => input.Length > 5 ? Spin(TimeSpan.FromMilliseconds(600)) : 0))
            & Finds(FuzzFault.Hang, new FaultyTarget(read: input => input.Length > 5 && never.Wait(Timeout.Infinite) ? 1 : 0))
            & Finds(null, new FaultyTarget());
        Console.WriteLine(passes ? "the harness notices what it should" : "the harness does not notice what it should");
        return passes ? 0 : 1;
    }

    private static int Spin(TimeSpan time)
    {
        int turns = 0;
        for (TimeSpan started = ThreadTime.Now; ThreadTime.Now - started < time;)
        {
            turns++;
        }
        return turns;
    }

    private static bool Finds(FuzzFault? fault, FaultyTarget target)
    {
        // A merely slow target ends, however busy the machine is.
        var hangAfter = TimeSpan.FromSeconds(fault == FuzzFault.Hang ? 1 : 60);
        var first = new FuzzRun(target, seed: 7, Executions, Unused) { HangAfter = hangAfter };
        var second = new FuzzRun(target, seed: 7, Executions, Unused) { HangAfter = hangAfter };
        FuzzFailure? found = first.Run();
        FuzzFailure? again = second.Run();
        bool isRight = found?.Fault == fault
            && again?.Execution == found?.Execution
            && (again?.Input ?? []).AsSpan().SequenceEqual(found?.Input ?? [])
            && (fault is not null || first.Executions == Executions);
        Console.WriteLine($"{(isRight ? "ok" : "WRONG")}: {fault?.ToString() ?? "no fault"}, found {found?.Fault.ToString() ?? "none"}");
        return isRight;
    }

    private sealed class FaultyTarget(Func<byte[], int>? read = null, Func<byte[], int>? check = null) : FuzzTarget
    {
        public override string Name => "faulty";

        public override IReadOnlyList<byte[]> Seeds => SeedFile.Words("a", "abc", "a!bcd", "");

        public override int BytesPerByte => 10;

        public override void Read(byte[] input) => read?.Invoke(input);

        public override void Check(byte[] input) => check?.Invoke(input);
    }
}
