using System.Text;
using Microsoft.Net.Http.Headers;
using PushGateway.Access;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Ui;

/// <summary>
/// The web UI: the page at <c>/</c> and <c>/status</c>, and its files below <c>/static/</c>. The page's links are relative,
/// so that it works under any prefix. It reads pushed data through the JSON API.
/// </summary>
internal sealed class UiEndpoints
{
    private const string Folder = "static/";

    private const string SignInNeedsJavaScript =
        "<main class=\"fallback\"><h1>Pushgateway</h1><p>This page needs JavaScript to sign in.</p></main>";

    private const string FallbackMark = "<!-- GROUPS -->";

    /// <summary>Forbids inline and foreign scripts, so that pushed text can never run.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; object-src 'none'";

    /// <summary>The browser caches the file, but checks whether it has changed.</summary>
    private const string Revalidated = "no-cache";

    /// <summary>A browser that may read the file need not check it again.</summary>
    private const string Immutable = "private, max-age=31536000, immutable";

    private readonly NoScriptPage _fallback;
    private readonly string _pageStart;
    private readonly string _pageEnd;

    public UiEndpoints(NoScriptPage fallback)
    {
        _fallback = fallback;
        string page = Encoding.UTF8.GetString(UiFiles.ByName[UiFiles.Page].Content)
            .Replace($"\"{Folder}", $"\"{Folder}{UiFiles.Version}/", StringComparison.Ordinal);
        int mark = page.IndexOf(FallbackMark, StringComparison.Ordinal);
        _pageStart = page[..mark];
        _pageEnd = page[(mark + FallbackMark.Length)..];
    }

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        UiEndpoints endpoints = routes.ServiceProvider.GetRequiredService<UiEndpoints>();
        string files = $"{prefix}/{Folder}";
        var signIn = new SignInPage(endpoints.WriteSignInAsync);
        foreach (string page in (string[])["/", "/status"])
        {
            routes.MapGet(prefix + page, endpoints.WritePageAsync)
                .Requires(Permissions.Read).WithMetadata(signIn).WithRequestCounter(HandlerName.Status);
        }
        // They contain no data, and the sign-in page needs them.
        routes.MapGet(files + "{**file}", context => WriteFileAsync(context, files.Length))
            .Requires(Permissions.None).WithRequestCounter(HandlerName.Static);
    }

    private Task WritePageAsync(HttpContext context) => WriteAsync(context, PageWith(_fallback.Render()), Revalidated);

    /// <summary>The page without data, which offers to sign in as soon as the API answers 401.</summary>
    private Task WriteSignInAsync(HttpContext context)
    {
        WriteHeaders(context.Response.Headers);
        context.Response.Headers.CacheControl = "no-store";
        return WriteBodyAsync(context, PageWith(SignInNeedsJavaScript), isGzip: false);
    }

    private UiFile PageWith(string fallback) =>
        new(UiFiles.ByName[UiFiles.Page].ContentType, Encoding.UTF8.GetBytes(_pageStart + fallback + _pageEnd));

    private static Task WriteFileAsync(HttpContext context, int nameAt)
    {
        string name = WithoutVersion(context.Request.Path.Value![nameAt..], out string caching);
        return name != UiFiles.Page && UiFiles.ByName.TryGetValue(name, out UiFile? file)
            ? WriteAsync(context, file, caching)
            : context.Response.WriteErrorAsync(StatusCodes.Status404NotFound, "404 page not found");
    }

    /// <summary>Serves the current file for another version too, since replicas may be upgraded one after another.</summary>
    private static string WithoutVersion(string path, out string caching)
    {
        caching = Revalidated;
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !UiFiles.IsVersion(path.AsSpan(0, slash)))
        {
            return path;
        }
        caching = path.StartsWith(UiFiles.Version, StringComparison.Ordinal) ? Immutable : Revalidated;
        return path[(slash + 1)..];
    }

    private static Task WriteAsync(HttpContext context, UiFile file, string caching)
    {
        IHeaderDictionary headers = context.Response.Headers;
        WriteHeaders(headers);
        bool isGzip = ContentNegotiation.PrefersGzip(context.Request.Headers.AcceptEncoding);
        headers.ETag = isGzip ? file.GzipETag : file.ETag;
        headers.CacheControl = caching;
        headers.Vary = "Accept-Encoding";
        if (IsCached(context.Request, file))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        return WriteBodyAsync(context, file, isGzip);
    }

    private static void WriteHeaders(IHeaderDictionary headers)
    {
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            // Otherwise the web config file has set one.
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
        }
        headers.XContentTypeOptions = "nosniff";
        // The page's address contains the search and the open group.
        headers["Referrer-Policy"] = "no-referrer";
    }

    private static Task WriteBodyAsync(HttpContext context, UiFile file, bool isGzip)
    {
        byte[] body = isGzip ? file.Gzip : file.Content;
        if (isGzip)
        {
            context.Response.Headers.ContentEncoding = "gzip";
        }
        context.Response.ContentType = file.ContentType;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static bool IsCached(HttpRequest request, UiFile file) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out IList<EntityTagHeaderValue>? tags)
        && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any)
            || tag.Compare(new EntityTagHeaderValue(file.ETag), useStrongComparison: false)
            || tag.Compare(new EntityTagHeaderValue(file.GzipETag), useStrongComparison: false));
}
