using System.Buffers;
using System.Collections.Frozen;
using System.IO.Hashing;
using System.Reflection;
using System.Text;

namespace PushGateway.Ui;

/// <summary>The files of the page, embedded in the assembly.</summary>
internal static class UiFiles
{
    private const string ResourcePrefix = "Ui/";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The files by name: the modules, the stylesheet, the icon, and <see cref="Page"/>.</summary>
    public static FrozenDictionary<string, UiFile> ByName { get; } = Load();

    /// <summary>The page, with a marker for <see cref="NoScriptPage"/>.</summary>
    public const string Page = "index.html";

    /// <summary>
    /// The version of all files together. An address that contains it always has the same content, and a module imports the modules
    /// of its own version.
    /// </summary>
    public static string Version { get; } = HashAll();

    /// <summary>Whether a text has the form of a <see cref="Version"/>, of these files or of others.</summary>
    public static bool IsVersion(ReadOnlySpan<char> text) =>
        text.Length == Version.Length && !text.ContainsAnyExcept(HexDigits);

    private static string HashAll()
    {
        var hash = new XxHash64();
        foreach ((string name, UiFile file) in ByName.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            hash.Append(Encoding.UTF8.GetBytes(name));
            hash.Append(file.Content);
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static FrozenDictionary<string, UiFile> Load()
    {
        Assembly assembly = typeof(UiFiles).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .ToFrozenDictionary(
                resource => resource[ResourcePrefix.Length..],
                resource => new UiFile(ContentTypeOf(resource), Read(assembly, resource)));
    }

    private static byte[] Read(Assembly assembly, string resource)
    {
        using Stream stream = assembly.GetManifestResourceStream(resource)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        string other => throw new InvalidOperationException($"no content type for {other}"),
    };
}
