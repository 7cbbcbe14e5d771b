using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PushGateway.CommandLine;

/// <summary>
/// The value of --web.external-url: anything that Go's <c>net/url</c> accepts, including a bare path or an empty text.
/// </summary>
/// <param name="Text">The URL to show: as given, with the scheme in lower case and the path percent-encoded where needed.</param>
/// <param name="Path">Decoded, empty if there is none.</param>
internal sealed record ExternalUrl(string Text, string Path)
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create(Letters + "0123456789+-.");
    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create(Letters + "0123456789-_.~!$&'()*+,;=:@[]/%");
    private static readonly SearchValues<char> UserInfoCharacters =
        SearchValues.Create(Letters + "0123456789-._:~!$&'()*+,;=%@");
    private static readonly SearchValues<char> NoHostCharacters = SearchValues.Create(" \\^`{|}");

    public static readonly ExternalUrl None = new("", "");

    public override string ToString() => Text;

    // url       := [ scheme ":" ] ( opaque | [ "//" authority ] path ) [ "?" query ] [ "#" fragment ]
    // authority := [ userinfo "@" ] host [ ":" port ]
    public static bool TryParse(string text, out ExternalUrl url, [NotNullWhen(false)] out string? error)
    {
        url = None;
        (string address, string fragment) = Cut(text, '#');
        string parsed = address;
        error = Parse(address, fragment == "#" ? "" : fragment, ref url);
        if (error is null)
        {
            parsed = text;
            error = FindWrongEscape(fragment, fragment.Length);
        }

        if (error is not null)
        {
            error = $"invalid URL: parse {GoQuote.Quote(parsed)}: {error}";
        }

        return error is null;
    }

    private static string? Parse(string address, string fragment, ref ExternalUrl url)
    {
        if (address.AsSpan().ContainsAnyInRange('\0', '\x1f') || address.Contains('\x7f'))
        {
            return "net/url: invalid control character in URL";
        }

        int schemeLength = SchemeLength(address);
        if (schemeLength == 0)
        {
            return "missing protocol scheme";
        }

        string scheme = schemeLength < 0 ? "" : address[..(schemeLength + 1)].ToLowerInvariant();
        (string hierarchy, string query) = Cut(address[scheme.Length..], '?');
        if (!hierarchy.StartsWith('/') && scheme.Length > 0)
        {
            url = new ExternalUrl(scheme + hierarchy + query + fragment, "");
            return null;
        }

        if (Cut(hierarchy, '/').Head.Contains(':'))
        {
            return "first path segment in URL cannot contain colon";
        }

        string authority = TakeAuthority(hierarchy, scheme.Length > 0);
        string path = hierarchy[authority.Length..];
        string? error = (authority.Length > 0 ? FindWrongAuthority(authority[2..]) : null)
            ?? FindWrongEscape(path, path.Length);
        if (error is null)
        {
            string decoded = Uri.UnescapeDataString(path);
            string shown = path.AsSpan().ContainsAnyExcept(PathCharacters) ? Encode(decoded) : path;
            url = new ExternalUrl(scheme + authority + shown + query + fragment, decoded);
        }

        return error;
    }

    /// <summary>-1 without a scheme; 0 for a colon without a scheme before it.</summary>
    private static int SchemeLength(string address)
    {
        int end = address.AsSpan().IndexOfAnyExcept(SchemeCharacters);
        return end >= 0 && address[end] == ':' && (end == 0 || char.IsAsciiLetter(address[0])) ? end : -1;
    }

    /// <summary>The two slashes and the authority up to the path; empty without an authority.</summary>
    private static string TakeAuthority(string hierarchy, bool hasScheme)
    {
        bool hasAuthority = hierarchy.StartsWith("//", StringComparison.Ordinal)
            && (hasScheme || !hierarchy.StartsWith("///", StringComparison.Ordinal));
        return hasAuthority ? "//" + Cut(hierarchy[2..], '/').Head : "";
    }

    private static string? FindWrongAuthority(string authority)
    {
        int at = authority.LastIndexOf('@');
        if (at >= 0 && authority.AsSpan(0, at).ContainsAnyExcept(UserInfoCharacters))
        {
            return "net/url: invalid userinfo";
        }

        string host = authority[(at + 1)..];
        int bracket = host.LastIndexOf(']');
        if (host.StartsWith('[') && bracket < 0)
        {
            return "missing ']' in host";
        }

        int portStart = host.StartsWith('[') ? bracket + 1 : host.LastIndexOf(':');
        string port = portStart < 0 ? "" : host[portStart..];
        if (port.Length > 0 && (port[0] != ':' || port.AsSpan(1).ContainsAnyExceptInRange('0', '9')))
        {
            return $"invalid port {GoQuote.Quote(port)} after host";
        }

        int wrong = host.AsSpan().IndexOfAny(NoHostCharacters);
        return wrong >= 0
            ? $"invalid character {GoQuote.Quote(host[wrong].ToString())} in host name"
            : FindWrongEscape(authority, at < 0 ? 0 : at);
    }

    /// <summary>
    /// A percent sign needs two hexadecimal digits. After <paramref name="asciiEnd"/>, in a host name, they may only
    /// represent bytes outside ASCII and the percent sign of an IPv6 zone.
    /// </summary>
    private static string? FindWrongEscape(string text, int asciiEnd)
    {
        for (int i = text.IndexOf('%'); i >= 0; i = text.IndexOf('%', i + 1))
        {
            bool isEscape = i + 2 < text.Length
                && char.IsAsciiHexDigit(text[i + 1])
                && char.IsAsciiHexDigit(text[i + 2]);
            bool isAllowed = i < asciiEnd || (isEscape && (text[i + 1] >= '8' || text.AsSpan(i).StartsWith("%25")));
            if (!isEscape || !isAllowed)
            {
                return $"invalid URL escape {GoQuote.Quote(text[i..Math.Min(i + 3, text.Length)])}";
            }
        }

        return null;
    }

    private static string Encode(string path)
    {
        var encoded = new StringBuilder();
        foreach (byte value in Encoding.UTF8.GetBytes(path))
        {
            bool isPlain = char.IsAsciiLetterOrDigit((char)value) || "-_.~$&+,/:;=@".Contains((char)value);
            _ = isPlain ? encoded.Append((char)value) : encoded.Append('%').Append(Convert.ToHexString([value]));
        }

        return encoded.ToString();
    }

    /// <summary>Splits a text. The tail includes the separator.</summary>
    private static (string Head, string Tail) Cut(string text, char separator) =>
        text.IndexOf(separator) is >= 0 and var at ? (text[..at], text[at..]) : (text, "");
}

/// <summary>The prefix of every route: empty, or a path that starts with a slash and does not end with one.</summary>
internal static class RoutePrefix
{
    /// <param name="flag">The value of --web.route-prefix; empty to use the path of the external URL.</param>
    /// <param name="externalUrl">The value of --web.external-url.</param>
    public static string From(string flag, ExternalUrl externalUrl)
    {
        string prefix = flag.Length > 0 ? flag : externalUrl.Path;
        if (prefix is "" or "/")
        {
            return "";
        }

        string rooted = prefix.StartsWith('/') ? prefix : "/" + prefix;
        // Upstream: removes only one slash, so "//" becomes "/".
        return rooted.EndsWith('/') ? rooted[..^1] : rooted;
    }
}
