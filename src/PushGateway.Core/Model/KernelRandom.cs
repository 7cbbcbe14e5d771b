using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PushGateway.Core.Model;

/// <summary>
/// Random bytes for keys, from the kernel. On Linux, <see cref="RandomNumberGenerator"/> loads OpenSSL and aborts the process
/// if it is missing. Only TLS may require OpenSSL.
/// </summary>
public static class KernelRandom
{
    private const int Interrupted = 4;

    public static byte[] GetBytes(int count)
    {
        if (!OperatingSystem.IsLinux())
        {
            return RandomNumberGenerator.GetBytes(count);
        }
        byte[] bytes = new byte[count];

        // The kernel always returns up to 256 bytes completely.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 256);
        while (Draw(bytes, count, 0) != count)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new IOException("getrandom(2) failed");
            }
        }
        return bytes;
    }

    [DllImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    private static extern nint Draw(byte[] bytes, nint count, uint flags);
}
