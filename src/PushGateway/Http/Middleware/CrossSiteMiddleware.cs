using Microsoft.Extensions.Primitives;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Refuses what pages of other sites would have their visitors' browsers do: pushes, deletions, and the end of the server.
/// To read is left to the browser, which keeps such pages from what they may not read.
/// </summary>
/// <remarks>
/// Browsers say where a request is from (W3C's Fetch Metadata), curl and client libraries do not. They say so to
/// https addresses and to those of their own machine.
/// </remarks>
internal sealed class CrossSiteMiddleware(RequestDelegate next, RequestMetrics metrics)
{
    private const string Refusal = "Requests that pages of other sites have made may only read (Sec-Fetch-Site: cross-site).";

    public Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Headers.TryGetValue("Sec-Fetch-Site", out StringValues site)
            || site != "cross-site"
            || IsReading(context.Request.Method))
        {
            return next(context);
        }
        metrics.CountRejection("cross_site");
        return context.Response.WriteErrorAsync(StatusCodes.Status403Forbidden, Refusal);
    }

    private static bool IsReading(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
