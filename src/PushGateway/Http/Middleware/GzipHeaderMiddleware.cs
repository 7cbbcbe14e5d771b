using System.IO.Pipelines;
using PushGateway.Http.Responses;

namespace PushGateway.Http.Middleware;

/// <summary>
/// The Content-Encoding of a request. Snappy means its framing format, deflate the zlib format. An unknown encoding counts as
/// plain.
/// </summary>
internal enum BodyEncoding
{
    Plain,
    Gzip,
    Snappy,
    Zstd,
    Deflate,
}

/// <summary>Rejects bodies with Content-Encoding gzip that do not begin with a gzip header.</summary>
/// <remarks>Upstream: decodes bodies before routing, except below <c>/api/v1/</c>, so any method and path can fail.</remarks>
/// <param name="isLenient">Whether a deletion may lack the body that it announces.</param>
internal sealed class GzipHeaderMiddleware(RequestDelegate next, string apiPrefix, bool isLenient)
{
    private const int GzipHeaderBytes = 10;
    private const string NoBody = "EOF";

    public async Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (EncodingOf(request) == BodyEncoding.Gzip
            && !request.Path.Value!.StartsWith(apiPrefix, StringComparison.Ordinal)
            && await FindHeaderFault(request.BodyReader, context.RequestAborted) is { } fault)
        {
            if (!isLenient || fault != NoBody || request.Method != HttpMethods.Delete)
            {
                context.Features.Set(new RejectionCause(RejectionKind.Encoding));
                await context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, fault);
                return;
            }
            RequestLeniency.Add(context, Leniency.EmptyGzip);
        }
        await next(context);
    }

    public static BodyEncoding EncodingOf(HttpRequest request)
    {
        string encoding = request.Headers.ContentEncoding is [{ } first, ..] ? first : "";
        return encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase) ? BodyEncoding.Gzip
            : encoding.Equals("snappy", StringComparison.OrdinalIgnoreCase) ? BodyEncoding.Snappy
            : encoding.Equals("zstd", StringComparison.OrdinalIgnoreCase) ? BodyEncoding.Zstd
            : encoding.Equals("deflate", StringComparison.OrdinalIgnoreCase) ? BodyEncoding.Deflate
            : BodyEncoding.Plain;
    }

    /// <summary>Checks the first bytes without consuming them.</summary>
    private static async ValueTask<string?> FindHeaderFault(PipeReader body, CancellationToken cancellation)
    {
        ReadResult read = await body.ReadAtLeastAsync(GzipHeaderBytes, cancellation);
        try
        {
            if (read.Buffer.Length < GzipHeaderBytes)
            {
                return read.Buffer.IsEmpty ? NoBody : "unexpected EOF";
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
