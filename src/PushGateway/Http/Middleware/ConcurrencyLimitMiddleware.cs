using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Rejects requests with 503 while <c>--web.max-requests</c> others run. A quarter of them is reserved for pushes and a quarter
/// for reads, so that slow clients of one kind do not block the other. Management endpoints and deletions are exempt, so that
/// health stays visible and an operator can always free memory.
/// </summary>
/// <remarks>Every request passes here: counters cost less than the lock and the lease of a ConcurrencyLimiter.</remarks>
internal sealed class ConcurrencyLimitMiddleware(
    RequestDelegate next, RequestMetrics metrics, int maxConcurrent, string prefix)
{
    private const int ShareDivisor = 4;

    private readonly string _management = $"{prefix}/-/";
    private readonly int _maxOfKind = maxConcurrent - (maxConcurrent / ShareDivisor);
    private int _running;
    private int _reading;

    public async Task InvokeAsync(HttpContext context)
    {
        string method = context.Request.Method;
        if (HttpMethods.IsDelete(method) || context.Request.Path.Value!.StartsWith(_management, StringComparison.Ordinal))
        {
            await next(context);
            return;
        }
        bool isRead = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        try
        {
            int running = Interlocked.Increment(ref _running);
            int reading = isRead ? Interlocked.Increment(ref _reading) : Volatile.Read(ref _reading);
            if (running <= maxConcurrent && (isRead ? reading : running - reading) <= _maxOfKind)
            {
                await next(context);
                return;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            if (isRead)
            {
                Interlocked.Decrement(ref _reading);
            }
        }
        metrics.CountRejection(LimitResponse.Requests.Name);
        await context.Response.WriteUnavailableAsync(
            LimitResponse.Requests.Describe($"too many concurrent requests: the limit is {maxConcurrent}"));
    }
}
