using Microsoft.Extensions.Primitives;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Rejects pushes, deletions and termination requests that a web page of another site makes through its visitor's browser.
/// The browser itself protects reads.
/// </summary>
/// <remarks>
/// Browsers send Sec-Fetch-Site (W3C Fetch Metadata) to https addresses and to the local machine. curl and client
/// libraries do not send it.
/// </remarks>
/// <param name="cors">The pages that may push anyway; null for none.</param>
internal sealed class CrossSiteMiddleware(RequestDelegate next, RequestMetrics metrics, CorsPolicy? cors = null)
{
    private const string Rejection = "Cross-site requests may only use GET, HEAD or OPTIONS (Sec-Fetch-Site: cross-site).";

    public Task InvokeAsync(HttpContext context)
    {
        if (cors is not null && cors.TryAllow(context, out bool isPreflight))
        {
            return isPreflight ? Task.CompletedTask : next(context);
        }
        if (!context.Request.Headers.TryGetValue("Sec-Fetch-Site", out StringValues site)
            || site != "cross-site"
            || ReadOnlyMethods.Contains(context.Request.Method))
        {
            return next(context);
        }
        metrics.CountRejection("cross_site");
        return context.Response.WriteErrorAsync(StatusCodes.Status403Forbidden, Rejection);
    }
}
