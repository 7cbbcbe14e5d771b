using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace PushGateway.Metrics;

/// <summary>The size of a request, computed like the Go Pushgateway for pushgateway_http_push_size_bytes.</summary>
public static class RequestSize
{
    /// <summary>
    /// The sum of the lengths of target, method, protocol, host, header names and header values, and of the body if its length
    /// was announced. A chunked body adds nothing. Separators do not count.
    /// </summary>
    public static long Estimate(HttpRequest request)
    {
        long size = TargetLength(request) + request.Method.Length + ProtocolLength(request.Protocol);
        foreach ((string? name, Microsoft.Extensions.Primitives.StringValues values) in request.Headers)
        {
            // Go's server removes this header.
            if (Is(name, HeaderNames.TransferEncoding))
            {
                continue;
            }

            // Go stores the host outside the headers, without a name.
            size += Is(name, HeaderNames.Host) ? 0 : name.Length;
            foreach (string? value in values)
            {
                size += value?.Length ?? 0;
            }
        }

        return size + (request.ContentLength ?? 0);
    }

    private static bool Is(string name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);

    private static int TargetLength(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } target
            ? target.Length
            : (request.PathBase.Value + request.Path.Value + request.QueryString.Value).Length;

    /// <summary>Go writes "HTTP/2.0" where ASP.NET Core writes "HTTP/2".</summary>
    private static int ProtocolLength(string protocol) =>
        HttpProtocol.IsHttp2(protocol) ? "HTTP/2.0".Length : protocol.Length;
}
