using System.Runtime.InteropServices;
using PushGateway.CommandLine;

namespace PushGateway.WebConfig.Tls;

/// <summary>The system's OpenSSL. Where it is missing, the framework aborts the process at its first use.</summary>
internal static class OpenSslLibrary
{
    public const string Newest = "libssl.so.3";

    /// <summary>Names a version that the framework tries first.</summary>
    private const string OverrideVariable = "CLR_OPENSSL_VERSION_OVERRIDE";

    /// <summary>Always true on other systems than Linux.</summary>
    public static bool IsAvailable => !OperatingSystem.IsLinux() || Array.Exists(Names(), CanLoad);

    /// <param name="what">What takes it.</param>
    /// <exception cref="StartException">It is missing.</exception>
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
