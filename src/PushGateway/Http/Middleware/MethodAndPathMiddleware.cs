using PushGateway.Http.Responses;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Answers what no endpoint does, in the words of the Go Pushgateway's router: unknown paths, wrong methods, OPTIONS,
/// and paths that are right but for a slash at the end or the case of letters.
/// </summary>
/// <remarks>The framework matches paths and methods whatever their case; here they have to be as they are spelled.</remarks>
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
            return RefuseAsync(context, path);
        }
        if (IsCanonical(route, path))
        {
            return next(context);
        }
        string canonical = CanonicalPath(route, path);
        return IsInApi(canonical) != IsInApi(path) ? RefuseAsync(context, path)
            : PathNormalizationMiddleware.Redirect(
                context, RedirectStatus(context), PathNormalizationMiddleware.Encode(canonical) + context.Request.QueryString.Value);
    }

    /// <summary>The API has a router of its own, which is only asked about paths below it.</summary>
    private bool IsInApi(string path) => path.StartsWith(apiPrefix, StringComparison.Ordinal);

    private static bool IsCanonical(RouteEndpoint route, string path)
    {
        string pattern = route.RoutePattern.RawText ?? "";
        int wildcard = WildcardIn(route);
        return wildcard < 0 ? path == pattern : path.AsSpan().StartsWith(pattern.AsSpan(0, wildcard));
    }

    /// <summary>The path as the route spells it; what a catch-all takes is the client's.</summary>
    private static string CanonicalPath(RouteEndpoint route, string path)
    {
        string pattern = route.RoutePattern.RawText ?? "";
        int wildcard = WildcardIn(route);
        return wildcard < 0 ? pattern : pattern[..wildcard] + path[Math.Min(wildcard, path.Length)..];
    }

    /// <summary>Where the first wildcard of the route's pattern stands; -1 if there is none.</summary>
    private static int WildcardIn(RouteEndpoint route) =>
        (route.RoutePattern.RawText ?? "").IndexOf('{', StringComparison.Ordinal);

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint route) =>
        route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];

    private static int RedirectStatus(HttpContext context) => context.Request.Method == HttpMethods.Get
        ? StatusCodes.Status301MovedPermanently
        : StatusCodes.Status307TemporaryRedirect;

    /// <summary>Not found, unless other methods find something at the path.</summary>
    private Task RefuseAsync(HttpContext context, string path)
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

    /// <summary>Sorted, with OPTIONS where there is any other.</summary>
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
