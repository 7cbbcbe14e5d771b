using Microsoft.AspNetCore.Http.Features;
using PushGateway.CommandLine;
using PushGateway.Http.Push;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Which web pages of other sites may push, according to <c>--web.cors.origin</c>. They cannot change anything else, since
/// browsers do not send their deletions.
/// </summary>
/// <param name="prefix">The route prefix.</param>
/// <param name="hasDefaultJob">Whether a push may omit the job.</param>
internal sealed class CorsPolicy(OriginPattern origins, string prefix, bool hasDefaultJob)
{
    /// <summary>How long a browser may cache the permission, in seconds.</summary>
    private const string MaxAge = "600";

    private const string AllowedMethods = "POST, PUT";

    private static readonly string AllowedHeaders = string.Join(
        ", ",
        "Authorization",
        "Content-Encoding",
        "Content-Type",
        IdempotencyHeader.Name,
        LifecycleHeaders.ExpectedInterval,
        MergeHeader.Name,
        LifecycleHeaders.TimeToLive);

    private readonly string _metrics = $"{prefix}/metrics";
    private readonly string[] _groups =
        hasDefaultJob ? [$"{prefix}/metrics/"] : GroupRoutes.Prefixes($"{prefix}/metrics");

    /// <summary>
    /// Whether a page may send the request: a push or its preflight. If so, adds the headers for the browser.
    /// </summary>
    /// <param name="isPreflight">Whether the request is a preflight, whose response is then complete.</param>
    public bool TryAllow(HttpContext context, out bool isPreflight)
    {
        HttpRequest request = context.Request;
        isPreflight = request.Method == HttpMethods.Options
            && request.Headers.AccessControlRequestMethod.Count > 0;
        bool mayBePush = isPreflight || request.Method == HttpMethods.Post || request.Method == HttpMethods.Put;
        if (!mayBePush
            || request.Headers.Origin is not [{ Length: > 0 } origin]
            || !origins.Matches(origin)
            || !IsOfGroup(context))
        {
            isPreflight = false;
            return false;
        }
        IHeaderDictionary headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origins.IsAny ? "*" : origin;
        headers.Append("Vary", "Origin");
        if (isPreflight)
        {
            headers.AccessControlAllowMethods = AllowedMethods;
            headers.AccessControlAllowHeaders = AllowedHeaders;
            headers.AccessControlMaxAge = MaxAge;
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        return true;
    }

    /// <summary>Whether the request is a push, by the path that routes will match later.</summary>
    private bool IsOfGroup(HttpContext context) =>
        PathNormalizationMiddleware.TryDecode(
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, out string path, out _)
        && (Array.Exists(_groups, group => path.StartsWith(group, StringComparison.Ordinal))
            || (hasDefaultJob && path == _metrics));
}
