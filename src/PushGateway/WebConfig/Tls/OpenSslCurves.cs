using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace PushGateway.WebConfig.Tls;

/// <summary>
/// Sets the curves of TLS key exchanges for the whole process, from the next certificate on. The framework has no such
/// setting, so this loads a section of OpenSSL's configuration (ssl_conf's <c>system_default</c>, see config(5ssl)).
/// </summary>
internal static class OpenSslCurves
{
    private const string Library = "libcrypto.so.3";

    /// <summary>OpenSSL's names by Go's names.</summary>
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["CurveP256"] = "P-256",
        ["CurveP384"] = "P-384",
        ["CurveP521"] = "P-521",
        ["X25519"] = "X25519",
    };

    public static bool IsKnown(string curve) => Names.ContainsKey(curve);

    /// <summary>Call it after a certificate was loaded. Before that, OpenSSL's own file would override it.</summary>
    public static bool TrySet(IEnumerable<string> curves, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (!NativeLibrary.TryLoad(Library, out IntPtr library))
        {
            error = $"curve_preferences needs OpenSSL 3 ({Library})";
            return false;
        }
        NativeLibrary.Free(library);

        byte[] text = Encoding.ASCII.GetBytes(
            "openssl_conf = pushgateway\n[pushgateway]\nssl_conf = ssl\n[ssl]\nsystem_default = tls\n[tls]\nGroups = "
            + string.Join(':', curves.Select(curve => Names[curve])) + "\n");
        IntPtr bio = BIO_new_mem_buf(text, text.Length);
        IntPtr configuration = NCONF_new(IntPtr.Zero);
        bool isSet = NCONF_load_bio(configuration, bio, IntPtr.Zero) == 1
            && CONF_modules_load(configuration, IntPtr.Zero, 0) == 1;
        NCONF_free(configuration);
        _ = BIO_free(bio);
        if (!isSet)
        {
            error = "OpenSSL rejected curve_preferences";
        }
        return isSet;
    }

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr BIO_new_mem_buf(byte[] text, int length);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int BIO_free(IntPtr bio);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr NCONF_new(IntPtr method);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void NCONF_free(IntPtr configuration);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NCONF_load_bio(IntPtr configuration, IntPtr bio, IntPtr errorLine);

    [DllImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CONF_modules_load(IntPtr configuration, IntPtr application, uint flags);
}
