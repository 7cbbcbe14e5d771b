using PushGateway.Http.Responses;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Answers requests that match no endpoint like the Go Pushgateway's router: unknown paths, wrong methods, OPTIONS,
/// and redirects for a trailing slash or the case of letters.
/// </summary>
/// <remarks>ASP.NET Core ignores the case of paths and methods; the Pushgateway does not.</remarks>
internal sealed class MethodAndPathMiddleware(RequestDelegate next, EndpointDataSource endpoints, string apiPrefix)
{
    public Task InvokeAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        if (path.Length == apiPrefix.Length - 1 && apiPrefix.StartsWith(path, StringComparison.Ordinal))
        {
            return PathNormalizationMiddleware.RedirectClean(context, apiPrefix);
        }
        if (context.GetEndpoint() is not RouteEndpoint route || !MethodsOf(route).Contains(context.Request.Method))
        {
            return RejectAsync(context, path);
        }
        if (IsCanonical(route, path))
        {
            return next(context);
        }
        string canonical = CanonicalPath(route, path);
        return IsInApi(canonical) != IsInApi(path) ? RejectAsync(context, path)
            : PathNormalizationMiddleware.Redirect(
                context, RedirectStatus(context), PathNormalizationMiddleware.Encode(canonical) + context.Request.QueryString.Value);
    }

    /// <summary>Upstream: has a separate router for the API, so no redirect leads into or out of it.</summary>
    private bool IsInApi(string path) => path.StartsWith(apiPrefix, StringComparison.Ordinal);

    private static bool IsCanonical(RouteEndpoint route, string path)
    {
        string pattern = route.RoutePattern.RawText ?? "";
        int wildcard = WildcardIn(route);
        return wildcard < 0
            ? path == pattern || (path == pattern + "/" && route.Metadata.GetMetadata<TrailingSlash>() is not null)
            : path.AsSpan().StartsWith(pattern.AsSpan(0, wildcard));
    }

    /// <summary>The path in the spelling of the route, with the client's text for wildcards.</summary>
    private static string CanonicalPath(RouteEndpoint route, string path)
    {
        string pattern = route.RoutePattern.RawText ?? "";
        int wildcard = WildcardIn(route);
        return wildcard < 0 ? pattern : pattern[..wildcard] + path[Math.Min(wildcard, path.Length)..];
    }

    /// <summary>The index of the first wildcard in the route's pattern, or -1.</summary>
    private static int WildcardIn(RouteEndpoint route) =>
        (route.RoutePattern.RawText ?? "").IndexOf('{', StringComparison.Ordinal);

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint route) =>
        route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];

    private static int RedirectStatus(HttpContext context) => context.Request.Method == HttpMethods.Get
        ? StatusCodes.Status301MovedPermanently
        : StatusCodes.Status307TemporaryRedirect;

    /// <summary>404, or 405 if the path has endpoints for other methods.</summary>
    private Task RejectAsync(HttpContext context, string path)
    {
        List<string> methods = FindMethods(path);
        if (methods.Count == 0)
        {
            return context.Response.WriteErrorAsync(StatusCodes.Status404NotFound, "404 page not found");
        }
        context.Response.Headers.Allow = string.Join(", ", methods);
        if (context.Request.Method == HttpMethods.Options)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return Task.CompletedTask;
        }
        return context.Response.WriteErrorAsync(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed");
    }

    /// <summary>The methods that the path supports, sorted; includes OPTIONS unless empty.</summary>
    private List<string> FindMethods(string path)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        foreach (RouteEndpoint route in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            int wildcard = WildcardIn(route);
            if (IsCanonical(route, path) && path.Length > wildcard)
            {
                methods.UnionWith(MethodsOf(route));
            }
        }
        methods.Remove(HttpMethods.Options);
        if (methods.Count > 0)
        {
            methods.Add(HttpMethods.Options);
        }
        return [.. methods];
    }
}

/// <summary>Marks an endpoint that also serves its path with a trailing slash, instead of redirecting.</summary>
internal sealed class TrailingSlash
{
    public static readonly TrailingSlash Allowed = new();
}
