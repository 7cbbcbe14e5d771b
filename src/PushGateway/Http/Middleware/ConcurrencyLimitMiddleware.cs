using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Puts requests off while as many as may be are under way. Health and readiness are always told, and room can always be made
/// by deleting.
/// </summary>
internal sealed class ConcurrencyLimitMiddleware(RequestDelegate next, RequestMetrics metrics, int most, string prefix)
{
    private readonly string _management = $"{prefix}/-/";
    private int _underWay;

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
            if (Interlocked.Increment(ref _underWay) <= most)
            {
                await next(context);
                return;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
        metrics.CountRejection(LimitResponse.Requests.Name);
        await context.Response.WriteUnavailableAsync(LimitResponse.Requests.Describe($"{most} requests are under way, and no more are allowed"));
    }
}
