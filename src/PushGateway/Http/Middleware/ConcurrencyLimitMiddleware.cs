using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Rejects requests with 503 while <c>--web.max-requests</c> others run. Management endpoints and deletions are exempt, so
/// that health stays visible and an operator can always free memory.
/// </summary>
/// <remarks>Every request passes here: a counter costs less than the lock and the lease of a ConcurrencyLimiter.</remarks>
internal sealed class ConcurrencyLimitMiddleware(
    RequestDelegate next, RequestMetrics metrics, int maxConcurrent, string prefix)
{
    private readonly string _management = $"{prefix}/-/";
    private int _running;

    public async Task InvokeAsync(HttpContext context)
    {
        if (HttpMethods.IsDelete(context.Request.Method)
            || context.Request.Path.Value!.StartsWith(_management, StringComparison.Ordinal))
        {
            await next(context);
            return;
        }
        try
        {
            if (Interlocked.Increment(ref _running) <= maxConcurrent)
            {
                await next(context);
                return;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
        metrics.CountRejection(LimitResponse.Requests.Name);
        await context.Response.WriteUnavailableAsync(
            LimitResponse.Requests.Describe($"too many concurrent requests: the limit is {maxConcurrent}"));
    }
}
