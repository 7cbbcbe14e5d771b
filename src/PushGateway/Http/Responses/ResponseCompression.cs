using System.IO.Compression;
using ZstdSharp;

namespace PushGateway.Http.Responses;

/// <summary>The Content-Encoding of a response.</summary>
internal enum ResponseEncoding
{
    Plain,
    Gzip,
    Zstd,
}

/// <summary>Compresses responses. Only this class uses the zstd library, which the first such response loads.</summary>
internal static class ResponseCompression
{
    /// <summary>The fastest level that compresses well.</summary>
    private const int ZstdLevel = 1;

    /// <summary>Declares the encoding. The result compresses to the other stream, which stays open.</summary>
    /// <param name="encoding">Not <see cref="ResponseEncoding.Plain"/>.</param>
    public static Stream Begin(HttpResponse response, ResponseEncoding encoding, Stream output)
    {
        response.Headers.ContentEncoding = encoding == ResponseEncoding.Zstd ? "zstd" : "gzip";
        return encoding == ResponseEncoding.Zstd
            ? new CompressionStream(output, ZstdLevel, leaveOpen: true)
            : new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
    }
}
