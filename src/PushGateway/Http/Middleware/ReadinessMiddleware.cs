using PushGateway.Durability;
using PushGateway.Http.Responses;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Puts off all requests until what was stored is there again: a push could be undone by what is older, and a scrape
/// that shows but half of the groups makes the others stale, with no <c>up == 0</c> to tell why.
/// </summary>
/// <remarks>
/// The management endpoints answer, and the status API, which tells why but nothing of what is stored.
/// </remarks>
internal sealed class ReadinessMiddleware(RequestDelegate next, PersistenceService persistence, string prefix)
{
    private readonly string _management = $"{prefix}/-/";
    private readonly string _status = $"{prefix}/api/v1/status";

    public Task InvokeAsync(HttpContext context) =>
        persistence.IsRestoring && !IsExempt(context.Request.Path.Value!)
            ? context.Response.WriteUnavailableAsync(persistence.NotReadyReason ?? "restoring")
            : next(context);

    private bool IsExempt(string path) =>
        path.StartsWith(_management, StringComparison.Ordinal) || path == _status;
}
