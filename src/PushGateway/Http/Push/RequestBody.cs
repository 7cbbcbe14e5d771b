using System.IO.Compression;
using System.Security.Cryptography;
using PushGateway.Core.Model;
using PushGateway.Http.Middleware;

namespace PushGateway.Http.Push;

/// <summary>Reads a request's body whole, decoded.</summary>
internal static class RequestBody
{
    /// <summary>
    /// A gzip member of random bytes. GZipStream takes a body that was cut off for one that has ended; with this behind
    /// it, the body was whole if these bytes come out last.
    /// </summary>
    private static readonly byte[] EndMark = RandomNumberGenerator.GetBytes(32);

    /// <summary>What is wrong with a body that is larger than it may be.</summary>
    public const string TooMuch = "too much";

    private const string CutOff = "unexpected EOF";

    private static readonly byte[] CompressedEndMark = Compress(EndMark);

    /// <summary>The body, or what is wrong with it. The caller disposes of the buffer.</summary>
    /// <param name="maxBytes">What it may have, both as it is sent and decoded.</param>
    /// <exception cref="IOException">The client went away.</exception>
    /// <param name="pace">How fast it has to come in.</param>
    /// <exception cref="BadHttpRequestException">The client sent something that is not HTTP, or too slowly.</exception>
    public static async ValueTask<(BodyBuffer? Body, PushError? Fault)> ReadAsync(
        HttpContext context, long maxBytes, SlowBodyTimeout pace)
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
            if (!await TryReadRawAsync(context, raw, pace))
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

    private static async ValueTask<bool> TryReadRawAsync(HttpContext context, BodyBuffer raw, SlowBodyTimeout pace)
    {
        try
        {
            return await raw.TryReadAllAsync(context.Request.Body, pace, context.RequestAborted);
        }
        catch (OperationCanceledException) when (pace.TimedOut)
        {
            throw pace.Error;
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
            if (!await decoded.TryReadAllAsync(gzip, pace: null, CancellationToken.None))
            {
                return TooMuch;
            }
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
