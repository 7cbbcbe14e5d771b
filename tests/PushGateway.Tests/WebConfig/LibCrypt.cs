using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace PushGateway.Tests.WebConfig;

/// <summary>crypt(3) of the system, to compare with.</summary>
internal static class LibCrypt
{
    private const string Library = "libcrypt.so.1";

    // Its answer is in a buffer that is one for the process.
    private static readonly Lock OneAtATime = new();

    /// <summary>Skips the running test where there is none.</summary>
    public static string HashOrSkip(ReadOnlySpan<byte> password, string setting)
    {
        Assert.SkipUnless(NativeLibrary.TryLoad(Library, out _), $"{Library} is not installed (Debian package libcrypt1)");
        lock (OneAtATime)
        {
            return Marshal.PtrToStringAnsi(Crypt([.. password, 0], [.. Encoding.ASCII.GetBytes(setting), 0]))!;
        }
    }

    [DllImport(Library, EntryPoint = "crypt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr Crypt(byte[] phrase, byte[] setting);
}
