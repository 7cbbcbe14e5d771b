using System.Runtime.InteropServices;
using System.Text;

namespace PushGateway.Core.Persistence.Disk;

/// <summary>The result of statx(2) for a file. If two are equal, they describe the same file, unchanged in between.</summary>
public readonly record struct FileStatus
{
    // The structure of statx(2) is the same on every architecture, unlike that of stat(2).
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint BasicFields = 0x7ff;
    private const int StatusBytes = 256;
    private const int ModeOffset = 28;
    private const int InodeOffset = 32;
    private const int SizeOffset = 40;
    private const int ModifiedOffset = 112;
    private const int DeviceOffset = 136;
    private const int TypeBits = 0xF000;
    private const int RegularType = 0x8000;
    private const int SocketType = 0xC000;

    private readonly int _type;

    private FileStatus(ReadOnlySpan<byte> status)
    {
        _type = MemoryMarshal.Read<ushort>(status[ModeOffset..]) & TypeBits;
        Version = (
            MemoryMarshal.Read<ulong>(status[DeviceOffset..]),
            MemoryMarshal.Read<ulong>(status[InodeOffset..]),
            MemoryMarshal.Read<ulong>(status[SizeOffset..]),
            MemoryMarshal.Read<ulong>(status[ModifiedOffset..]),
            MemoryMarshal.Read<uint>(status[(ModifiedOffset + sizeof(ulong))..]));
    }

    private (ulong Device, ulong Inode, ulong Size, ulong Seconds, uint Nanoseconds) Version { get; }

    public bool IsRegular => _type == RegularType;

    public bool IsSocket => _type == SocketType;

    /// <summary>The status of a file; null if it does not exist, or if the system is not Linux.</summary>
    /// <param name="followsLink">Whether to follow a symbolic link.</param>
    public static FileStatus? Of(string path, bool followsLink = true)
    {
        byte[] status = new byte[StatusBytes];
        return OperatingSystem.IsLinux()
            && ReadStatus(
                CurrentFolder,
                [.. Encoding.UTF8.GetBytes(path), 0],
                followsLink ? 0 : NoFollow,
                BasicFields,
                status) == 0
            ? new FileStatus(status)
            : null;
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int ReadStatus(int folder, byte[] path, int flags, uint mask, byte[] status);
}
