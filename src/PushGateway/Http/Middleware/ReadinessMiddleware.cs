using PushGateway.Durability;
using PushGateway.Http.Responses;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Rejects requests with 503 until the persisted groups are restored. Otherwise, the restore could overwrite a push, and a
/// scrape of some groups would make the others stale without an <c>up == 0</c>.
/// </summary>
/// <remarks>
/// Management endpoints, the status and cluster APIs and the list of rejections are exempt, since they report on the restore or
/// on requests rejected during it, and show no stored groups.
/// </remarks>
internal sealed class ReadinessMiddleware(RequestDelegate next, IStoreService service, string prefix)
{
    private readonly string _management = $"{prefix}/-/";
    private readonly string[] _exempt =
    [
        $"{prefix}/api/v1/status",
        $"{prefix}/api/v1/rejections",
        .. service.Cluster is null ? Array.Empty<string>() : [$"{prefix}/api/v1/cluster"],
    ];

    public Task InvokeAsync(HttpContext context) =>
        service.IsRestoring && !IsExempt(context.Request.Path.Value!)
            ? context.Response.WriteNotReadyAsync(service.NotReadyReason ?? "restoring")
            : next(context);

    private bool IsExempt(string path) =>
        path.StartsWith(_management, StringComparison.Ordinal) || _exempt.Contains(path);
}
