using System.IO.Pipelines;
using PushGateway.Http.Responses;

namespace PushGateway.Http.Middleware;

/// <summary>How a request body is encoded: <c>gzip</c>, or <c>snappy</c> in its framing format; all else is plain.</summary>
internal enum BodyEncoding
{
    Plain,
    Gzip,
    Snappy,
}

/// <summary>
/// Refuses bodies that say they are gzip and do not begin so, whatever the method and the path.
/// </summary>
/// <remarks>Upstream: decoding comes before routing, but for the JSON API.</remarks>
internal sealed class GzipHeaderMiddleware(RequestDelegate next, string apiPrefix)
{
    private const int GzipHeaderBytes = 10;

    public async Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (EncodingOf(request) == BodyEncoding.Gzip
            && !request.Path.Value!.StartsWith(apiPrefix, StringComparison.Ordinal)
            && await FindHeaderFault(request.BodyReader, context.RequestAborted) is { } fault)
        {
            await context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, fault);
            return;
        }
        await next(context);
    }

    public static BodyEncoding EncodingOf(HttpRequest request)
    {
        string encoding = request.Headers.ContentEncoding is [{ } first, ..] ? first : "";
        return encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase) ? BodyEncoding.Gzip
            : encoding.Equals("snappy", StringComparison.OrdinalIgnoreCase) ? BodyEncoding.Snappy
            : BodyEncoding.Plain;
    }

    /// <summary>Looks at the first bytes without taking them.</summary>
    private static async ValueTask<string?> FindHeaderFault(PipeReader body, CancellationToken cancellation)
    {
        ReadResult read = await body.ReadAtLeastAsync(GzipHeaderBytes, cancellation);
        try
        {
            if (read.Buffer.Length < GzipHeaderBytes)
            {
                return read.Buffer.IsEmpty ? "EOF" : "unexpected EOF";
            }
            byte[] start = new byte[3];
            System.Buffers.BuffersExtensions.CopyTo(read.Buffer.Slice(0, start.Length), start);
            return start is [0x1f, 0x8b, 8] ? null : "gzip: invalid header";
        }
        finally
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
        }
    }
}
