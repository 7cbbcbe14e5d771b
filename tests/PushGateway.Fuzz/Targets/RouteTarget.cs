using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Http.Middleware;
using PushGateway.Http.Push;

namespace PushGateway.Fuzz.Targets;

/// <summary>Request targets: decoded, cleaned, and read as grouping keys.</summary>
internal sealed class RouteTarget : FuzzTarget
{
    private static readonly LenientPaths Lenient = new(prefix: "");
    private static readonly NameValidation[] Validations = [NameValidation.Legacy, NameValidation.Utf8];

    public override string Name => "route";

    public override IReadOnlyList<byte[]> Seeds { get; } = SeedFile.Texts("routes.json");

    public override IReadOnlyList<byte[]> Words { get; } = SeedFile.Words(
        "/", "//", "/./", "/../", "/metrics/job/", "/metrics/job@base64/", "@base64/", "@base64", "%2F", "%2f", "%00", "%FF", "%C3%A9",
        "%", "%4", "%zz", "=", "==", "/instance/", "/job/x", "U__a_2e_b", "U___d800_", "U___10ffff_", "__", "_", "?", "?a=b", "#",
        "http://", "http://x/", "-_", "+/", "YQ", "YQ==", "/w5w", "*");

    public override int BytesPerByte => 400;

    public override void Read(byte[] input)
    {
        if (TryReadPath(input, out string path, out _) && JobStart(path, out bool isBase64) is > 0 and int start)
        {
            foreach (NameValidation validation in Validations)
            {
                _ = new GroupingKeyUrl(validation).TryParse(path.AsSpan(start), isBase64, out _, out _);
            }
        }
    }

    public override void Check(byte[] input)
    {
        CheckLeniency(input);
        if (!TryReadPath(input, out string path, out bool isUtf8))
        {
            return;
        }
        OracleException.ThrowIfDifferent("a clean path can be cleaned further", path, PathNormalizationMiddleware.Clean(path));
        if (isUtf8)
        {
            _ = PathNormalizationMiddleware.TryDecode(PathNormalizationMiddleware.Encode(path), out string again, out _);
            OracleException.ThrowIfDifferent("where a redirect leads to is another path", path, again);
        }
        if (JobStart(path, out bool isBase64) is > 0 and int start)
        {
            foreach (NameValidation validation in Validations)
            {
                CheckKey(path[start..], isBase64, validation);
            }
        }
    }

    /// <summary>A lenient gateway serves the paths that another gateway redirects to, except for slashes within values.</summary>
    private static void CheckLeniency(byte[] input)
    {
        string target = Encoding.Latin1.GetString(input);
        if (!PathNormalizationMiddleware.TryDecode(target, Lenient, out string path, out _, out Leniency uses))
        {
            return;
        }
        _ = PathNormalizationMiddleware.TryDecode(target, out string strict, out _);
        if (uses == Leniency.None)
        {
            OracleException.ThrowIfDifferent("a path differs without leniency", strict, path);
        }
        else if (uses == Leniency.DoubleSlash)
        {
            OracleException.ThrowIfDifferent(
                "joined slashes lead elsewhere", PathNormalizationMiddleware.Clean(strict), PathNormalizationMiddleware.Clean(path));
        }
    }

    private static void CheckKey(string path, bool isBase64, NameValidation validation)
    {
        var reader = new GroupingKeyUrl(validation);
        if (!reader.TryParse(path, isBase64, out GroupingKey? key, out string error))
        {
            if (error.Length == 0)
            {
                throw new OracleException("a key is refused without a word");
            }
            return;
        }
        string written = "/" + reader.Format(key!);
        _ = PathNormalizationMiddleware.TryDecode(written, out string decoded, out _);
        OracleException.ThrowIfDifferent("the path of a key is redirected", decoded, PathNormalizationMiddleware.Clean(decoded));
        int start = JobStart(decoded, out bool againIsBase64);
        _ = reader.TryParse(decoded.AsSpan(start), againIsBase64, out GroupingKey? again, out error);
        OracleException.ThrowIfDifferent($"{written} leads to another key ({error})", $"{key}", $"{again}");
    }

    /// <summary>A target in Kestrel's form: one-byte characters without NUL. False if Kestrel rejects it.</summary>
    private static bool TryReadPath(byte[] input, out string path, out bool isUtf8)
    {
        bool isRead = PathNormalizationMiddleware.TryDecode(Encoding.Latin1.GetString(input), out path, out isUtf8);
        path = isRead ? PathNormalizationMiddleware.Clean(path) : path;
        return isRead && !path.Contains(PathNormalizationMiddleware.EncodedSlash);
    }

    /// <summary>The start of the job; 0 if it is not the path of a push.</summary>
    private static int JobStart(string path, out bool isBase64)
    {
        const string Base64 = "/metrics/job@base64/";
        const string Plain = "/metrics/job/";
        isBase64 = path.StartsWith(Base64, StringComparison.Ordinal);
        return isBase64 ? Base64.Length : path.StartsWith(Plain, StringComparison.Ordinal) ? Plain.Length : 0;
    }
}
