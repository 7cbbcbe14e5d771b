using System.Text;
using Microsoft.Net.Http.Headers;
using PushGateway.Access;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Ui;

/// <summary>
/// The web UI: the page at <c>/</c> and <c>/status</c>, and its files below <c>/static/</c>. The page's links are relative,
/// so that it works under any prefix; it reads pushed data through the JSON API.
/// </summary>
internal sealed class UiEndpoints
{
    private const string FallbackMark = "<!-- GROUPS -->";

    /// <summary>No inline and no foreign scripts: pushed text can never run.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; object-src 'none'";

    private readonly NoScriptPage _fallback;
    private readonly string _pageStart;
    private readonly string _pageEnd;

    public UiEndpoints(NoScriptPage fallback)
    {
        _fallback = fallback;
        string page = Encoding.UTF8.GetString(UiFiles.ByName[UiFiles.Page].Content);
        int mark = page.IndexOf(FallbackMark, StringComparison.Ordinal);
        _pageStart = page[..mark];
        _pageEnd = page[(mark + FallbackMark.Length)..];
    }

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        UiEndpoints endpoints = routes.ServiceProvider.GetRequiredService<UiEndpoints>();
        string files = $"{prefix}/static/";
        routes.MapGet($"{prefix}/", endpoints.WritePageAsync)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.Status);
        routes.MapGet($"{prefix}/status", endpoints.WritePageAsync)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.Status);
        routes.MapGet(files + "{**file}", context => WriteFileAsync(context, files.Length))
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.Static);
    }

    private Task WritePageAsync(HttpContext context)
    {
        string page = _pageStart + _fallback.Render() + _pageEnd;
        var file = new UiFile(UiFiles.ByName[UiFiles.Page].ContentType, Encoding.UTF8.GetBytes(page));
        return WriteAsync(context, file);
    }

    private static Task WriteFileAsync(HttpContext context, int nameAt)
    {
        string name = context.Request.Path.Value![nameAt..];
        return name != UiFiles.Page && UiFiles.ByName.TryGetValue(name, out UiFile? file)
            ? WriteAsync(context, file)
            : context.Response.WriteErrorAsync(StatusCodes.Status404NotFound, "404 page not found");
    }

    private static Task WriteAsync(HttpContext context, UiFile file)
    {
        IHeaderDictionary headers = context.Response.Headers;
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            // Otherwise the web config file has set one.
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
        }
        headers.XContentTypeOptions = "nosniff";
        // The page's address contains the search and the open group.
        headers["Referrer-Policy"] = "no-referrer";
        headers.ETag = file.ETag;

        // The browser caches, but revalidates: an upgrade never mixes modules of two versions.
        headers.CacheControl = "no-cache";
        if (IsCached(context.Request, file))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        context.Response.ContentType = file.ContentType;
        context.Response.ContentLength = file.Content.Length;
        return context.Response.Body.WriteAsync(file.Content, context.RequestAborted).AsTask();
    }

    private static bool IsCached(HttpRequest request, UiFile file) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out IList<EntityTagHeaderValue>? tags)
        && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any)
            || tag.Compare(new EntityTagHeaderValue(file.ETag), useStrongComparison: false));
}
