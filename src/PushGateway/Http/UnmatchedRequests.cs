namespace PushGateway.Http;

/// <summary>
/// Answers what no endpoint does, in the words of the Go Pushgateway's router: unknown paths, wrong methods, OPTIONS,
/// and paths that are right but for a slash at the end or the case of letters.
/// </summary>
internal sealed class UnmatchedRequests(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            return context.Response.WriteErrorAsync(StatusCodes.Status404NotFound, "404 page not found");
        }
        if (endpoint is RouteEndpoint route)
        {
            string path = context.Request.Path.Value ?? "";
            return CanonicalPath(route, path) is var canonical && canonical == path
                ? next(context)
                : RequestPath.Redirect(context, RedirectStatus(context), RequestPath.Encode(canonical));
        }
        return RefuseMethodAsync(context, endpoint);
    }

    /// <summary>The path as the route spells it; what a catch-all takes is the client's.</summary>
    private static string CanonicalPath(RouteEndpoint route, string path)
    {
        string pattern = route.RoutePattern.RawText ?? "";
        int wildcard = pattern.IndexOf('{', StringComparison.Ordinal);
        return wildcard < 0 ? pattern : pattern[..wildcard] + path[Math.Min(wildcard, path.Length)..];
    }

    private static int RedirectStatus(HttpContext context) => HttpMethods.IsGet(context.Request.Method)
        ? StatusCodes.Status301MovedPermanently
        : StatusCodes.Status307TemporaryRedirect;

    /// <summary>The framework's endpoint for a path that has endpoints, but none for the method.</summary>
    private static async Task RefuseMethodAsync(HttpContext context, Endpoint refusal)
    {
        await refusal.RequestDelegate!(context);
        List<string> methods = [.. context.Response.Headers.Allow.SelectMany(value => value!.Split(", "))];
        methods.Remove(HttpMethods.Options);
        if (methods.Count == 0)
        {
            context.Response.Headers.Remove("Allow");
            await context.Response.WriteErrorAsync(StatusCodes.Status404NotFound, "404 page not found");
            return;
        }
        methods.Add(HttpMethods.Options);
        methods.Sort(StringComparer.Ordinal);
        context.Response.Headers.Allow = string.Join(", ", methods);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return;
        }
        await context.Response.WriteErrorAsync(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed");
    }
}
