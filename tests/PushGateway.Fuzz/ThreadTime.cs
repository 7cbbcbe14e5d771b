using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PushGateway.Fuzz;

/// <summary>The CPU time of this thread, which does not advance while a busy machine runs other threads.</summary>
internal static class ThreadTime
{
    /// <summary>CLOCK_THREAD_CPUTIME_ID, by its Linux number.</summary>
    private const int ThreadClock = 3;

    private const long NanosecondsPerTick = 100;

    public static TimeSpan Now => OperatingSystem.IsLinux() && ReadClock(ThreadClock, out TimeSpec time) == 0
        ? new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / NanosecondsPerTick))
        : Stopwatch.GetElapsedTime(0);

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ReadClock(int clock, out TimeSpec time);

    /// <summary>struct timespec</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
