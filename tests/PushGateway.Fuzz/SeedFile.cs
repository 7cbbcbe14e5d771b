using System.Text;
using System.Text.Json;

namespace PushGateway.Fuzz;

/// <summary>The files that seeds are in.</summary>
internal static class SeedFile
{
    /// <summary>A JSON list of texts.</summary>
    public static IReadOnlyList<byte[]> Texts(string name) => [.. Strings(name).Select(Encoding.UTF8.GetBytes)];

    /// <summary>A JSON list of bytes in base64.</summary>
    public static IReadOnlyList<byte[]> Binaries(string name) => [.. Strings(name).Select(Convert.FromBase64String)];

    public static IReadOnlyList<byte[]> Words(params string[] words) => [.. words.Select(Encoding.UTF8.GetBytes)];

    public static byte[] Bytes(string name)
    {
        using Stream stream = typeof(SeedFile).Assembly.GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"no seeds of the name {name}");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static IEnumerable<string> Strings(string name)
    {
        using var document = JsonDocument.Parse(Bytes(name));
        return [.. document.RootElement.EnumerateArray().Select(item => item.GetString()!)];
    }
}
