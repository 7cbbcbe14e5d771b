using System.IO.Compression;
using System.Security.Cryptography;

namespace PushGateway.Http;

/// <summary>Reads a request's body whole, decoded.</summary>
internal static class RequestBody
{
    /// <summary>
    /// A gzip member of random bytes. GZipStream takes a body that was cut off for one that has ended; with this behind
    /// it, the body was whole if these bytes come out last.
    /// </summary>
    private static readonly byte[] EndMark = RandomNumberGenerator.GetBytes(32);

    private const string CutOff = "unexpected EOF";

    private static readonly byte[] CompressedEndMark = Compress(EndMark);

    /// <summary>The body, or what is wrong with its encoding. The caller disposes of the buffer.</summary>
    /// <exception cref="IOException">The client went away.</exception>
    /// <exception cref="BadHttpRequestException">The client sent something that is not HTTP, or too slowly.</exception>
    public static async ValueTask<(BodyBuffer? Body, string? Fault)> ReadAsync(HttpContext context)
    {
        BodyEncoding encoding = RequestDecoding.EncodingOf(context.Request);
        var raw = new BodyBuffer();
        BodyBuffer? decoded = null;
        try
        {
            await raw.ReadAllAsync(context.Request.Body, context.RequestAborted);
            if (encoding == BodyEncoding.Plain)
            {
                return (raw, null);
            }
            decoded = new BodyBuffer();
            string? fault = encoding == BodyEncoding.Gzip
                ? await GunzipAsync(raw.Written, decoded)
                : SnappyFrames.Decode(raw.Written.Span, decoded);
            raw.Dispose();
            if (fault is null)
            {
                return (decoded, null);
            }
            decoded.Dispose();
            return (null, fault);
        }
        catch
        {
            raw.Dispose();
            decoded?.Dispose();
            throw;
        }
    }

    private static async ValueTask<string?> GunzipAsync(ReadOnlyMemory<byte> raw, BodyBuffer decoded)
    {
        byte[] marked = GC.AllocateUninitializedArray<byte>(raw.Length + CompressedEndMark.Length);
        raw.CopyTo(marked);
        CompressedEndMark.CopyTo(marked.AsSpan(raw.Length));
        try
        {
            await using var gzip = new GZipStream(new MemoryStream(marked), CompressionMode.Decompress);
            await decoded.ReadAllAsync(gzip, CancellationToken.None);
        }
        catch (InvalidDataException)
        {
            return await IsCutOffAsync(raw) ? CutOff : "gzip: invalid data or checksum";
        }
        if (!decoded.Written.Span.EndsWith(EndMark))
        {
            return CutOff;
        }
        decoded.Truncate(decoded.Written.Length - EndMark.Length);
        return null;
    }

    /// <summary>Whether a body that is broken with something behind it is not broken by itself.</summary>
    private static async ValueTask<bool> IsCutOffAsync(ReadOnlyMemory<byte> raw)
    {
        try
        {
            await using var gzip = new GZipStream(new MemoryStream(raw.ToArray()), CompressionMode.Decompress);
            await gzip.CopyToAsync(Stream.Null);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return output.ToArray();
    }
}
