using System.Runtime.InteropServices;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Disk;

/// <summary>A small file system in memory, which is gone with the test.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const long DefaultBytes = 1 << 20;

    private const ulong ReadOnlyFlag = 1;
    private const ulong Remount = 32;
    private const int Detach = 2;

    private readonly DirectoryInfo _folder;
    private readonly long _bytes;

    private SmallDisk(DirectoryInfo folder, long bytes)
    {
        _folder = folder;
        _bytes = bytes;
    }

    public string Folder => _folder.FullName;

    /// <summary>The persistence file to use.</summary>
    public string File => Path.Combine(_folder.FullName, "store");

    private string Ballast => Path.Combine(_folder.FullName, "ballast");

    /// <summary>Skips the running test where file systems may not be mounted.</summary>
    public static SmallDisk MountOrSkip()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "mounts as Linux does");
        SmallDisk? disk = TryMount(DefaultBytes);
        Assert.SkipWhen(disk is null, $"a file system cannot be mounted here: {Marshal.GetLastPInvokeErrorMessage()}");
        return disk;
    }

    /// <returns>Null where file systems may not be mounted.</returns>
    public static SmallDisk? TryMount(long bytes)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pushgateway-test-");
        if (Mount("tmpfs", folder.FullName, "tmpfs", 0, $"size={bytes}") != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            folder.Delete();
            Marshal.SetLastPInvokeError(error);
            return null;
        }
        return new SmallDisk(folder, bytes);
    }

    /// <summary>Fills the disk, except for the rest of each file's last page.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] page = new byte[4096];
        try
        {
            while (true)
            {
                ballast.Write(page);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void MakeRoom() => System.IO.File.Delete(Ballast);

    /// <summary>Only while nothing is open for writing.</summary>
    public void SetReadOnly(bool isReadOnly) => Assert.True(
        Mount("tmpfs", _folder.FullName, "tmpfs", Remount | (isReadOnly ? ReadOnlyFlag : 0), $"size={_bytes}") == 0,
        Marshal.GetLastPInvokeErrorMessage());

    /// <summary>Also while someone still uses it.</summary>
    public void Dispose()
    {
        Assert.True(Unmount(_folder.FullName, Detach) == 0, Marshal.GetLastPInvokeErrorMessage());
        _folder.Delete();
    }

    [DllImport("libc", EntryPoint = "mount", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Mount(string source, string target, string type, ulong flags, string options);

    [DllImport("libc", EntryPoint = "umount2", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unmount(string target, int flags);
}
