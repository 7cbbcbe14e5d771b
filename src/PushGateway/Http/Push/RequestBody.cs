using System.IO.Compression;
using PushGateway.Http.Middleware;

namespace PushGateway.Http.Push;

/// <summary>Reads and decodes whole request bodies.</summary>
internal static class RequestBody
{
    /// <summary>
    /// Random bytes, appended to a gzip body as one more member. GZipStream does not report a truncated body; a body is
    /// complete if these bytes come out last.
    /// </summary>
    private static readonly byte[] EndMark = KernelRandom.GetBytes(32);

    /// <summary>The error of a decoder whose output exceeds the maximum.</summary>
    public const string TooMuch = "too much";

    private const string Truncated = "unexpected EOF";

    private static readonly byte[] CompressedEndMark = Compress(EndMark);

    /// <summary>Reads the body, which the caller disposes, or gives what is wrong with it.</summary>
    /// <param name="maxBytes">The maximum size, both as sent and decoded.</param>
    /// <exception cref="IOException">The client disconnected.</exception>
    /// <exception cref="BadHttpRequestException">The client sent malformed HTTP, or too slowly.</exception>
    public static async ValueTask<(BodyBuffer? Body, PushError? Fault)> ReadAsync(
        HttpContext context, long maxBytes, SlowBodyTimeout timeout)
    {
        maxBytes = Math.Min(maxBytes, Array.MaxLength);
        if (context.Request.ContentLength > maxBytes)
        {
            return (null, TooLarge(maxBytes));
        }
        BodyEncoding encoding = GzipHeaderMiddleware.EncodingOf(context.Request);
        var raw = new BodyBuffer(maxBytes);
        BodyBuffer? decoded = null;
        try
        {
            if (!await TryReadRawAsync(context, raw, timeout))
            {
                raw.Dispose();
                return (null, TooLarge(maxBytes));
            }
            if (encoding == BodyEncoding.Plain)
            {
                return (raw, null);
            }
            decoded = new BodyBuffer(encoding == BodyEncoding.Gzip ? maxBytes + EndMark.Length : maxBytes);
            string? fault = encoding == BodyEncoding.Gzip
                ? await GunzipAsync(raw.Written, decoded)
                : SnappyFrames.Decode(raw.Written.Span, decoded);
            raw.Dispose();
            if (fault is null)
            {
                return (decoded, null);
            }
            decoded.Dispose();
            return (null, fault == TooMuch ? TooLarge(maxBytes) : new PushError(fault));
        }
        catch
        {
            raw.Dispose();
            decoded?.Dispose();
            throw;
        }
    }

    private static async ValueTask<bool> TryReadRawAsync(HttpContext context, BodyBuffer raw, SlowBodyTimeout timeout)
    {
        try
        {
            return await raw.TryReadAllAsync(context.Request.Body, timeout, context.RequestAborted);
        }
        catch (OperationCanceledException) when (timeout.TimedOut)
        {
            throw timeout.Error;
        }
    }

    private static PushError TooLarge(long maxBytes) =>
        new($"the body has more than {maxBytes} bytes") { Limit = LimitKind.BodySize };

    private static async ValueTask<string?> GunzipAsync(ReadOnlyMemory<byte> raw, BodyBuffer decoded)
    {
        byte[] marked = GC.AllocateUninitializedArray<byte>(raw.Length + CompressedEndMark.Length);
        raw.CopyTo(marked);
        CompressedEndMark.CopyTo(marked.AsSpan(raw.Length));
        try
        {
            await using var gzip = new GZipStream(new MemoryStream(marked), CompressionMode.Decompress);
            if (!await decoded.TryReadAllAsync(gzip, timeout: null, CancellationToken.None))
            {
                return TooMuch;
            }
        }
        catch (InvalidDataException)
        {
            return await IsTruncatedAsync(raw) ? Truncated : "gzip: invalid data or checksum";
        }
        if (!decoded.Written.Span.EndsWith(EndMark))
        {
            return Truncated;
        }
        decoded.Truncate(decoded.Written.Length - EndMark.Length);
        return null;
    }

    /// <summary>Whether a body that is invalid with the end mark is valid without it: then it is truncated.</summary>
    private static async ValueTask<bool> IsTruncatedAsync(ReadOnlyMemory<byte> raw)
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
