using System.Collections.Frozen;
using System.IO.Hashing;
using System.Reflection;

namespace PushGateway.Ui;

/// <summary>The files of the page, embedded in the assembly.</summary>
internal static class UiFiles
{
    private const string ResourcePrefix = "Ui/";

    /// <summary>By name: the modules, the stylesheet, the icon, and <see cref="Page"/>.</summary>
    public static FrozenDictionary<string, UiFile> ByName { get; } = Load();

    /// <summary>The page, with a marker for <see cref="NoScriptPage"/>.</summary>
    public const string Page = "index.html";

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

/// <summary>A file for browsers, and its tag for revalidation.</summary>
internal sealed record UiFile(string ContentType, byte[] Content)
{
    private string? _etag;

    /// <summary>Computed at first use.</summary>
    public string ETag => _etag ??= $"\"{Convert.ToHexStringLower(XxHash128.Hash(Content))}\"";
}
