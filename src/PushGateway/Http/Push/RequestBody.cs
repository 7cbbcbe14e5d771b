using System.IO.Compression;
using System.Runtime.InteropServices;
using PushGateway.Http.Middleware;

namespace PushGateway.Http.Push;

/// <summary>Reads and decodes whole request bodies.</summary>
internal static class RequestBody
{
    /// <summary>
    /// Random bytes, appended to a gzip body as one more member. GZipStream does not report a truncated body. A body is
    /// complete if its decoded form ends with these bytes.
    /// </summary>
    private static readonly byte[] EndMark = KernelRandom.GetBytes(32);

    /// <summary>The error of a decoder whose output exceeds the maximum.</summary>
    public const string TooMuch = "too much";

    /// <summary>The error of a body that ends early.</summary>
    public const string Truncated = "unexpected EOF";

    private static readonly byte[] CompressedEndMark = Compress(EndMark);

    /// <summary>Reads the body, which the caller must dispose, or returns an error.</summary>
    /// <param name="maxBytes">The maximum size, both as sent and decoded.</param>
    /// <param name="arriving">Limits the bodies that arrive at the same time.</param>
    /// <param name="lease">Grows with a body that is decoded.</param>
    /// <exception cref="IOException">The client disconnected.</exception>
    /// <exception cref="BadHttpRequestException">The client sent malformed HTTP, or too slowly.</exception>
    public static async ValueTask<(BodyBuffer? Body, PushError? Fault)> ReadAsync(
        HttpContext context, long maxBytes, SlowBodyTimeout timeout, ArrivingBodies arriving, LargePushLease lease)
    {
        maxBytes = Math.Min(maxBytes, Array.MaxLength);
        if (context.Request.ContentLength > maxBytes)
        {
            return (null, TooLarge(maxBytes));
        }
        BodyEncoding encoding = GzipHeaderMiddleware.EncodingOf(context.Request);
        var raw = new BodyBuffer(maxBytes, arriving);
        BodyBuffer? decoded = null;
        try
        {
            if (!await TryReadRawAsync(context, raw, timeout))
            {
                lease.Forget(raw.Length);
                raw.Dispose();
                return (null, TooLarge(maxBytes));
            }
            if (IsPlain(encoding, raw.Start))
            {
                return (raw, null);
            }
            decoded = new BodyBuffer(encoding == BodyEncoding.Gzip ? maxBytes + EndMark.Length : maxBytes);
            await lease.CoverDecodingAsync(encoding switch
            {
                BodyEncoding.Snappy => SnappyFrames.MaxLengthOf(raw.Length),
                BodyEncoding.Zstd => Math.Max(raw.Length, ZstdBody.WindowOf(raw.Start)),
                _ => raw.Length,
            });
            string? fault = encoding switch
            {
                BodyEncoding.Gzip => await GunzipAsync(raw, decoded, lease),
                BodyEncoding.Snappy => SnappyFrames.Decode(raw.Join().Span, decoded),
                BodyEncoding.Zstd => await ZstdBody.DecodeAsync(raw.Join(), decoded, lease),
                _ => await DeflateBody.DecodeAsync(raw.Join(), decoded, lease),
            };
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
            lease.Forget(raw.Length);
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

    /// <summary>
    /// Whether the body is plain. Upstream: zstd and deflate are unknown, so that a plain body with these names is accepted.
    /// </summary>
    private static bool IsPlain(BodyEncoding encoding, ReadOnlySpan<byte> body) => encoding switch
    {
        BodyEncoding.Zstd => !ZstdBody.IsBegunBy(body),
        BodyEncoding.Deflate => !DeflateBody.IsBegunBy(body),
        _ => encoding == BodyEncoding.Plain,
    };

    private static PushError TooLarge(long maxBytes) =>
        new($"the body has more than {maxBytes} bytes") { Limit = LimitKind.BodySize };

    private static async ValueTask<string?> GunzipAsync(BodyBuffer raw, BodyBuffer decoded, LargePushLease lease)
    {
        int length = raw.Length;
        raw.Append(CompressedEndMark);
        ReadOnlyMemory<byte> marked = raw.Join();
        try
        {
            await using var gzip = new GZipStream(StreamOf(marked), CompressionMode.Decompress);
            if (!await decoded.TryReadAllAsync(gzip, timeout: null, CancellationToken.None, lease))
            {
                return TooMuch;
            }
        }
        catch (InvalidDataException)
        {
            return await IsTruncatedAsync(marked[..length]) ? Truncated : "gzip: invalid data or checksum";
        }
        if (!decoded.Join().Span.EndsWith(EndMark))
        {
            return Truncated;
        }
        decoded.Truncate(decoded.Join().Length - EndMark.Length);
        return null;
    }

    /// <summary>Whether a body that is invalid with the end mark is valid without it, which means that it is truncated.</summary>
    private static async ValueTask<bool> IsTruncatedAsync(ReadOnlyMemory<byte> raw)
    {
        try
        {
            await using var gzip = new GZipStream(StreamOf(raw), CompressionMode.Decompress);
            await gzip.CopyToAsync(Stream.Null);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>A stream of pooled memory, without a copy.</summary>
    public static MemoryStream StreamOf(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(bytes.ToArray());

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
