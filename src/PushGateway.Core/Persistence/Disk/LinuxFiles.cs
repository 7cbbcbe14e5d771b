using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PushGateway.Core.Persistence.Disk;

/// <summary>
/// System calls that .NET does not offer: opening folders and locked files, and fsync that reports every error.
/// </summary>
internal static class LinuxFiles
{
    private const int ReadOnlyCloseOnExec = 0x80000;
    private const int Interrupted = 4;
    private const int ExclusiveNonBlocking = 6;

    /// <summary>PATH_MAX.</summary>
    private const int MaxPathBytes = 4096;

    /// <summary>Opens a file for reading, even if another process has locked it.</summary>
    public static SafeFileHandle Open(string path)
    {
        SafeFileHandle handle = OpenAny(path);
        return handle.IsInvalid ? throw LastError($"cannot open {path}") : handle;
    }

    public static void Sync(SafeFileHandle handle)
    {
        while (DataSync(handle) != 0)
        {
            ThrowUnlessInterrupted("cannot sync the file");
        }
    }

    public static void SyncFolder(string path)
    {
        using SafeFileHandle handle = OpenAny(path);
        if (handle.IsInvalid)
        {
            ThrowUnlessInterrupted($"cannot open the directory {path}");
        }
        while (FileSync(handle) != 0)
        {
            ThrowUnlessInterrupted($"cannot sync the directory {path}");
        }
    }

    /// <summary>Locks a file that no other process has locked. Returns the reason if that fails, or null.</summary>
    public static string? TryLock(SafeFileHandle file)
    {
        int result;
        do
        {
            result = Lock(file, ExclusiveNonBlocking);
        }
        while (result != 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result == 0 ? null : Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
    }

    /// <summary>The path without symbolic links; null if the file does not exist.</summary>
    public static string? RealPath(string path)
    {
        byte[] real = new byte[MaxPathBytes];
        return OperatingSystem.IsLinux() && ResolvePath(Encoding.UTF8.GetBytes(path + '\0'), real) != 0
            ? Encoding.UTF8.GetString(real.AsSpan(0, real.IndexOf((byte)0)))
            : null;
    }

    private static SafeFileHandle OpenAny(string path) =>
        new(Open(Encoding.UTF8.GetBytes(path + '\0'), ReadOnlyCloseOnExec), ownsHandle: true);

    private static void ThrowUnlessInterrupted(string what)
    {
        if (Marshal.GetLastPInvokeError() != Interrupted)
        {
            throw LastError(what);
        }
    }

    private static IOException LastError(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{Marshal.GetPInvokeErrorMessage(error)}: {what}", error);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static extern int Lock(SafeFileHandle file, int operation);

    [DllImport("libc", EntryPoint = "realpath")]
    private static extern nint ResolvePath(byte[] path, [Out] byte[] real);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FileSync(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static extern int DataSync(SafeFileHandle file);
}
