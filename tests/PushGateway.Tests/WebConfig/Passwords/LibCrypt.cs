using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace PushGateway.Tests.WebConfig.Passwords;

/// <summary>The system's crypt(3), for comparison.</summary>
internal static class LibCrypt
{
    private const string Library = "libcrypt.so.1";

    // crypt(3) returns its result in a static buffer.
    private static readonly Lock OneAtATime = new();

    /// <summary>Skips the running test if the system has none.</summary>
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
