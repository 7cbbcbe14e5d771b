namespace PushGateway.Http;

/// <summary>
/// Puts off all requests until what was stored is there again: a push could be undone by what is older, and a scrape
/// that shows but half of the groups makes the others stale.
/// </summary>
internal sealed class UnreadyRequests(RequestDelegate next, Persistence.Persistence persistence, string prefix)
{
    private readonly string _management = $"{prefix}/-/";

    public Task InvokeAsync(HttpContext context) =>
        persistence.IsRestoring && !context.Request.Path.Value!.StartsWith(_management, StringComparison.Ordinal)
            ? context.Response.WriteUnavailableAsync(persistence.NotReadyReason ?? "restoring")
            : next(context);
}
