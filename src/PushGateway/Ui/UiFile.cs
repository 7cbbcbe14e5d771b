using System.IO.Compression;
using System.IO.Hashing;

namespace PushGateway.Ui;

/// <summary>A file for browsers, and its tag for revalidation. Thread-safe.</summary>
internal sealed record UiFile(string ContentType, byte[] Content)
{
    private string? _etag;
    private byte[]? _gzip;

    /// <summary>Computed at first use.</summary>
    public string ETag => _etag ??= $"\"{Convert.ToHexStringLower(XxHash128.Hash(Content))}\"";

    /// <summary>The tag of <see cref="Gzip"/>.</summary>
    public string GzipETag => $"{ETag[..^1]}-gzip\"";

    /// <summary>
    /// Compressed at first use with the best ratio, which takes 1 ms for each file. If nobody opens the page, it uses no memory.
    /// </summary>
    public byte[] Gzip => _gzip ??= Compress();

    private byte[] Compress()
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.SmallestSize))
        {
            gzip.Write(Content);
        }
        return output.ToArray();
    }
}
