using System.Runtime.InteropServices;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Disk;

/// <summary>A limit on the file size of a running process: a full disk without mounting one.</summary>
internal static class FileSizeLimit
{
    private const int FileSize = 1;

    public static void Set(int processId, ulong bytes) => Change(processId, bytes);

    public static void Lift(int processId) => Change(processId, ulong.MaxValue);

    private static void Change(int processId, ulong bytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "limits as Linux does");
        var limit = new Limit { Soft = bytes, Hard = ulong.MaxValue };
        Assert.True(Change(processId, FileSize, ref limit, 0) == 0, Marshal.GetLastPInvokeErrorMessage());
    }

    [DllImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Change(int processId, int resource, ref Limit limit, nint before);

    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
