using System.Runtime.InteropServices;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>Compares the work for two sizes, in CPU time of this thread.</summary>
internal static class ThreadWork
{
    private const int ThreadProcessorTime = 3;
    private const int Growth = 16;
    private const int MaxGrowth = 80;
    private const int MinAttempts = 3;
    private const int MaxAttempts = 16;

    /// <summary>Fails if sixteen times the size needs more than eighty times the work. Linear work needs somewhat more than sixteen times
    /// because of caches, quadratic work 256 times.</summary>
    /// <param name="prepare">For a size, what to measure.</param>
    public static void AssertLinear(int size, Func<int, Action> prepare)
    {
        // The minimum of several runs, since garbage collections and other processes disturb some.
        double small = Measure(size, prepare);
        double large = double.MaxValue;
        for (int attempt = 0; attempt < MinAttempts || (attempt < MaxAttempts && large > MaxGrowth * small); attempt++)
        {
            small = Math.Min(small, Measure(size, prepare));
            large = Math.Min(large, Measure(Growth * size, prepare));
        }
        Assert.True(large <= MaxGrowth * small, $"{Growth} times the size takes {large / small:F1} times the work");
    }

    private static double Measure(int size, Func<int, Action> prepare)
    {
        Action action = prepare(size);
        double before = Now();
        action();
        return Now() - before;
    }

    private static double Now()
    {
        Assert.Equal(0, clock_gettime(ThreadProcessorTime, out Timespec time));
        return time.Seconds + (time.Nanoseconds / 1e9);
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int clock_gettime(int clock, out Timespec time);

    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
