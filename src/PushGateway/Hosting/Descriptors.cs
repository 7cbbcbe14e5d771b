using System.Runtime.InteropServices;

namespace PushGateway.Hosting;

/// <summary>
/// Keeps the last file descriptors of the process for the files of the gateway: the journal, snapshots, config files, /proc.
/// The system gives out the lowest free number, so the number of a connection tells how many are in use.
/// </summary>
/// <param name="limit">How many the process may have.</param>
internal sealed class Descriptors(ulong limit)
{
    private const int Failed = -1;
    private const int StandardError = 2;
    private const int DuplicateCloseOnExec = 1030;
    private const int LimitOfDescriptors = 7;

    /// <summary>A snapshot and a new segment of the journal take five at a time.</summary>
    private const int MaxReserve = 32;

    /// <summary>Of a small limit, most are for connections.</summary>
    private const int ReservedShare = 8;

    /// <summary>How many the process may have.</summary>
    public ulong Limit => limit;

    /// <summary>Connections get those below.</summary>
    private ulong EndOfConnections => limit - Math.Min(limit / ReservedShare, MaxReserve);

    /// <summary>Those of this process; null on other systems than Linux.</summary>
    public static Descriptors? OfProcess()
    {
        ulong[] softAndHard = new ulong[2];
        return OperatingSystem.IsLinux() && GetLimit(LimitOfDescriptors, softAndHard) == 0
            ? new Descriptors(softAndHard[0])
            : null;
    }

    /// <summary>Whether a connection that has this descriptor leaves room for another one.</summary>
    public bool AllowsAnother(nint descriptor) => (ulong)descriptor + 1 < EndOfConnections;

    /// <summary>Whether the next connection would get a descriptor that is not reserved.</summary>
    public bool HasFree()
    {
        int next = Control(StandardError, DuplicateCloseOnExec, 0);
        return next != Failed && Close(next) == 0 && (ulong)next < EndOfConnections;
    }

    [DllImport("libc", EntryPoint = "getrlimit")]
    private static extern int GetLimit(int resource, [Out] ulong[] softAndHard);

    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int Control(int descriptor, int command, int argument);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
