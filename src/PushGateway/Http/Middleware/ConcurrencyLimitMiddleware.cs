using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Rejects requests with 503 while <c>--web.max-requests</c> others run. Management endpoints and deletions are exempt, so
/// that health stays visible and an operator can always free memory.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A limiter without a queue holds nothing to dispose of.")]
internal sealed class ConcurrencyLimitMiddleware(
    RequestDelegate next, RequestMetrics metrics, int maxConcurrent, string prefix)
{
    private readonly string _management = $"{prefix}/-/";
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions { PermitLimit = maxConcurrent });

    public async Task InvokeAsync(HttpContext context)
    {
        if (HttpMethods.IsDelete(context.Request.Method)
            || context.Request.Path.Value!.StartsWith(_management, StringComparison.Ordinal))
        {
            await next(context);
            return;
        }
        using RateLimitLease lease = _limiter.AttemptAcquire();
        if (lease.IsAcquired)
        {
            await next(context);
            return;
        }
        metrics.CountRejection(LimitResponse.Requests.Name);
        await context.Response.WriteUnavailableAsync(
            LimitResponse.Requests.Describe($"too many concurrent requests: the limit is {maxConcurrent}"));
    }
}
