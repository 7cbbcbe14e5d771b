using System.Runtime.InteropServices;

namespace PushGateway.Hosting;

/// <summary>
/// Reserves the last file descriptors of the process for the gateway's files: the journal, snapshots, config files, /proc.
/// The system assigns the lowest free number, so the number of a new connection shows how many are in use.
/// </summary>
/// <param name="limit">The maximum descriptors of the process.</param>
internal sealed class Descriptors(ulong limit)
{
    private const int Failed = -1;
    private const int StandardError = 2;
    private const int DuplicateCloseOnExec = 1030;
    private const int LimitOfDescriptors = 7;

    /// <summary>The number of reserved descriptors. A snapshot and a new segment of the journal need five together.</summary>
    private const int MaxReserve = 32;

    /// <summary>If the limit is small, connections still get most descriptors.</summary>
    private const int ReservedShare = 8;

    /// <summary>The maximum descriptors of the process.</summary>
    public ulong Limit => limit;

    /// <summary>Connections get the descriptors below this number.</summary>
    private ulong EndOfConnections => limit - Math.Min(limit / ReservedShare, MaxReserve);

    /// <summary>The descriptors of this process; null on systems other than Linux.</summary>
    public static Descriptors? OfProcess()
    {
        ulong[] softAndHard = new ulong[2];
        return OperatingSystem.IsLinux() && GetLimit(LimitOfDescriptors, softAndHard) == 0
            ? new Descriptors(softAndHard[0])
            : null;
    }

    /// <summary>Whether a connection with this descriptor leaves another one free for connections.</summary>
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
