using System.Runtime.InteropServices;
using PushGateway.CommandLine;

namespace PushGateway.WebConfig.Tls;

/// <summary>The system's OpenSSL. If it is missing, the framework aborts the process at its first use.</summary>
internal static class OpenSslLibrary
{
    public const string Newest = "libssl.so.3";

    /// <summary>The environment variable for a version that the framework tries first.</summary>
    private const string OverrideVariable = "CLR_OPENSSL_VERSION_OVERRIDE";

    /// <summary>Whether OpenSSL exists. Always true on systems other than Linux.</summary>
    public static bool IsAvailable => !OperatingSystem.IsLinux() || Array.Exists(Names(), CanLoad);

    /// <param name="what">The feature that needs it.</param>
    /// <exception cref="StartException">OpenSSL is missing.</exception>
    public static void ThrowIfMissing(string what)
    {
        if (!IsAvailable)
        {
            throw new StartException($"{what} needs OpenSSL: {Newest} cannot be loaded");
        }
    }

    /// <summary>The libraries that the framework tries.</summary>
    private static string[] Names() =>
    [
        $"libssl.so.{Environment.GetEnvironmentVariable(OverrideVariable)}", Newest, "libssl.so.1.1", "libssl.so.1.0.2",
        "libssl.so.1.0.0", "libssl.so.10",
    ];

    private static bool CanLoad(string name)
    {
        if (!NativeLibrary.TryLoad(name, out IntPtr library))
        {
            return false;
        }
        NativeLibrary.Free(library);
        return true;
    }
}
