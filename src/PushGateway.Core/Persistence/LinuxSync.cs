using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PushGateway.Core.Persistence;

/// <summary>
/// The system calls for durability that .NET lacks: it opens no folders, and hides some errors of fsync.
/// </summary>
internal static class LinuxSync
{
    private const int ReadOnlyCloseOnExec = 0x80000;
    private const int Interrupted = 4;

    public static void File(SafeFileHandle handle)
    {
        while (DataSync(handle) != 0)
        {
            ThrowUnlessInterrupted("cannot sync the file");
        }
    }

    public static void Folder(string path)
    {
        nint descriptor = Open(Encoding.UTF8.GetBytes(path + '\0'), ReadOnlyCloseOnExec);
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (handle.IsInvalid)
        {
            ThrowUnlessInterrupted($"cannot open the folder {path}");
        }
        while (Sync(handle) != 0)
        {
            ThrowUnlessInterrupted($"cannot sync the folder {path}");
        }
    }

    private static void ThrowUnlessInterrupted(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error != Interrupted)
        {
            throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)}: {what}", error);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static extern int DataSync(SafeFileHandle file);
}
