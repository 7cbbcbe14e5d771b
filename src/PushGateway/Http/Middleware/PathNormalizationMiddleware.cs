using System.Text;
using Microsoft.AspNetCore.Http.Features;
using PushGateway.Http.Responses;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Sets the path that routes match. As in the Go Pushgateway, it is fully percent-decoded, so that <c>%2F</c> is a slash.
/// Redirects paths with empty or dot segments.
/// </summary>
/// <param name="lenient">Null without <c>--push.lenient</c>.</param>
internal sealed class PathNormalizationMiddleware(RequestDelegate next, LenientPaths? lenient = null)
{
    /// <summary>Represents a slash within a segment. Kestrel rejects <c>%00</c>, so a path has no other NUL.</summary>
    public const char EncodedSlash = '\0';

    internal const string PercentSlash = "%2F";

    /// <summary>Whether the path's bytes are not valid UTF-8, which <see cref="HttpRequest.Path"/> cannot represent.</summary>
    public static bool IsNotUtf8(HttpContext context) =>
        context.Features.Get<NotUtf8Path>() is not null;

    public Task InvokeAsync(HttpContext context)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target == "*")
        {
            // OPTIONS of the whole server. Kestrel rejects other methods.
            return Task.CompletedTask;
        }
        if (!TryDecode(target, lenient, out string path, out bool isUtf8, out Leniency uses))
        {
            context.Response.Headers.Connection = "close";
            return context.Response.WriteTextAsync(StatusCodes.Status400BadRequest, "400 Bad Request");
        }
        string clean = Clean(path);
        if (clean != path)
        {
            return RedirectClean(context, clean);
        }
        if (!isUtf8)
        {
            context.Features.Set(new NotUtf8Path());
        }
        if (uses != Leniency.None)
        {
            RequestLeniency.Add(context, uses);
        }
        context.Request.Path = new PathString(path);
        return next(context);
    }

    /// <summary>Redirects to a path with the request's query, without a lone question mark.</summary>
    public static Task RedirectClean(HttpContext context, string path)
    {
        string query = context.Request.QueryString.Value is { Length: > 1 } value ? value : "";
        return Redirect(context, StatusCodes.Status301MovedPermanently, Encode(path) + query);
    }

    public static Task Redirect(HttpContext context, int status, string location)
    {
        // Most clients do not follow the redirect of a push, or follow it without the body.
        context.RecordRejection(status, $"redirected to {location}");
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        if (context.Request.Method != HttpMethods.Get && context.Request.Method != HttpMethods.Head)
        {
            return Task.CompletedTask;
        }
        context.Response.ContentType = "text/html; charset=utf-8";
        string text = status == StatusCodes.Status301MovedPermanently ? "Moved Permanently" : "Temporary Redirect";
        string href = System.Net.WebUtility.HtmlEncode(location).Replace("&quot;", "&#34;", StringComparison.Ordinal);
        return context.Response.WriteAsync($"<a href=\"{href}\">{text}</a>.\n\n");
    }

    /// <summary>The path of a request target, which may be an absolute URL, without the query.</summary>
    internal static ReadOnlySpan<char> PathOf(string target)
    {
        ReadOnlySpan<char> path = target;
        int scheme = path.IndexOf("://");
        if (scheme > 0 && path[0] != '/')
        {
            path = path[(scheme + 3)..];
            int slash = path.IndexOfAny('/', '?');
            path = slash < 0 ? "/" : path[slash..];
        }
        int query = path.IndexOf('?');
        return query < 0 ? path : path[..query];
    }

    /// <summary>Decodes the path of a request target for routes. False if an escape lacks two hexadecimal digits.</summary>
    /// <param name="lenient">Null without <c>--push.lenient</c>.</param>
    internal static bool TryDecode(
        string target, LenientPaths? lenient, out string path, out bool isUtf8, out Leniency uses)
    {
        uses = Leniency.None;
        if (!TryDecode(target, out path, out isUtf8))
        {
            return false;
        }
        path = lenient is null ? path : lenient.Read(target, path, out uses);
        return true;
    }

    /// <summary>Percent-decodes the path of a request target. False if an escape lacks two hexadecimal digits.</summary>
    internal static bool TryDecode(string target, out string decoded, out bool isUtf8)
    {
        isUtf8 = true;
        ReadOnlySpan<char> path = PathOf(target);
        if (!path.Contains('%'))
        {
            decoded = path.Length == target.Length ? target : path.ToString();
            return true;
        }
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(path.Length)];
        int length = 0;
        while (!path.IsEmpty)
        {
            int percent = path.IndexOf('%');
            ReadOnlySpan<char> plain = percent < 0 ? path : path[..percent];
            length += Encoding.UTF8.GetBytes(plain, bytes.AsSpan(length));
            if (percent < 0)
            {
                break;
            }
            if (path.Length < percent + 3
                || !char.IsAsciiHexDigit(path[percent + 1]) || !char.IsAsciiHexDigit(path[percent + 2]))
            {
                decoded = "";
                return false;
            }
            bytes[length++] = Convert.FromHexString(path.Slice(percent + 1, 2))[0];
            path = path[(percent + 3)..];
        }
        isUtf8 = System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, length));
        decoded = Encoding.UTF8.GetString(bytes, 0, length);
        return true;
    }

    /// <summary>The path for messages, with encoded slashes as <c>%2F</c>.</summary>
    public static string Show(string path) => path.Replace("\0", PercentSlash, StringComparison.Ordinal);

    /// <inheritdoc cref="Show(string)"/>
    public static string Show(HttpContext context) => Show(context.Request.Path.Value!);

    /// <summary>Removes empty, "." and ".." segments. A trailing slash stays.</summary>
    internal static string Clean(string path)
    {
        if (!path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal)
            && path.StartsWith('/'))
        {
            return path;
        }
        var segments = new List<string>();
        foreach (string segment in path.Split('/'))
        {
            if (segment == "..")
            {
                segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
            }
            else if (segment is not ("" or "."))
            {
                segments.Add(segment);
            }
        }
        string clean = "/" + string.Join('/', segments);
        return clean.Length > 1 && path.EndsWith('/') ? clean + "/" : clean;
    }

    /// <summary>Percent-encodes a path like Go's net/url.</summary>
    internal static string Encode(string path)
    {
        var encoded = new StringBuilder(path.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(path))
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || "-_.~$&+,/:;=@".Contains(c, StringComparison.Ordinal))
            {
                encoded.Append(c);
            }
            else if (c == EncodedSlash)
            {
                encoded.Append(PercentSlash);
            }
            else
            {
                encoded.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }
        return encoded.ToString();
    }

    private sealed class NotUtf8Path;
}
