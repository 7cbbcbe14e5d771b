using ZstdSharp;
using ZstdSharp.Unsafe;

namespace PushGateway.Http.Push;

/// <summary>Reads bodies with Content-Encoding zstd.</summary>
/// <remarks>Source: RFC 8878 and, for the window, RFC 9659.</remarks>
internal static class ZstdBody
{
    /// <summary>8 MiB: the largest window that HTTP allows. The decoder needs that much memory.</summary>
    private const int MaxWindowLog = 23;

    private const int MinHeaderBytes = 6;
    private const int SingleSegmentFlag = 0x20;

    private static ReadOnlySpan<byte> FrameStart => [0x28, 0xb5, 0x2f, 0xfd];

    private static ReadOnlySpan<byte> SkippableFrameEnd => [0x2a, 0x4d, 0x18];

    /// <summary>Whether a body begins with a frame. No text body does.</summary>
    public static bool IsBegunBy(ReadOnlySpan<byte> body) =>
        body.StartsWith(FrameStart) || (body.Length >= FrameStart.Length && body[0] >> 4 == 5 && body[1..].StartsWith(SkippableFrameEnd));

    /// <summary>Decodes all frames. Returns an error, such as <see cref="RequestBody.TooMuch"/>, or null.</summary>
    public static async ValueTask<string?> DecodeAsync(ReadOnlyMemory<byte> body, BodyBuffer decoded, LargePushLease lease)
    {
        try
        {
            await using var zstd = new DecompressionStream(RequestBody.StreamOf(body), leaveOpen: false);
            zstd.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
            return await decoded.TryReadAllAsync(zstd, timeout: null, CancellationToken.None, lease) ? null : RequestBody.TooMuch;
        }
        catch (EndOfStreamException)
        {
            return RequestBody.Truncated;
        }
        catch (ZstdException exception)
        {
            return exception.Code == ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge
                ? "zstd: a window above 8 MiB"
                : "zstd: invalid data or checksum";
        }
    }

    /// <summary>The window of the first frame in bytes, up to the maximum; 0 if the body does not begin with a frame.</summary>
    public static int WindowOf(ReadOnlySpan<byte> body)
    {
        if (body.Length < MinHeaderBytes || !body.StartsWith(FrameStart))
        {
            return 0;
        }
        if ((body[4] & SingleSegmentFlag) != 0)
        {
            // The window is the content, whose length counts while it is decoded.
            return 0;
        }
        int log = 10 + (body[5] >> 3);
        return log >= MaxWindowLog ? 1 << MaxWindowLog : (1 << log) / 8 * (8 + (body[5] & 7));
    }
}
