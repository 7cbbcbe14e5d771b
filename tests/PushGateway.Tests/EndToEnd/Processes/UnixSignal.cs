using System.Runtime.InteropServices;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>Signals by their Linux numbers.</summary>
public enum UnixSignal
{
    HangUp = 1,
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

internal static class UnixSignalExtensions
{
    public static void SendTo(this UnixSignal signal, int processId) =>
        Assert.True(Send(processId, (int)signal) == 0, $"kill -{signal} {processId}: errno {Marshal.GetLastPInvokeError()}");

    /// <returns>False if there is no such process.</returns>
    public static bool TrySendTo(this UnixSignal signal, int processId) => Send(processId, (int)signal) == 0;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int processId, int signal);
}
