namespace PushGateway.CommandLine;

/// <summary>The path in front of every route: empty, or starting with a slash and not ending with one.</summary>
internal static class RoutePrefix
{
    /// <param name="flag">The value of --web.route-prefix; empty takes the path of the external URL.</param>
    /// <param name="externalUrl">The value of --web.external-url.</param>
    public static string From(string flag, ExternalUrl externalUrl)
    {
        string prefix = flag.Length > 0 ? flag : externalUrl.Path;
        if (prefix is "" or "/")
        {
            return "";
        }

        string rooted = prefix.StartsWith('/') ? prefix : "/" + prefix;
        // Upstream: one slash is removed, not all of them; "//" leaves "/".
        return rooted.EndsWith('/') ? rooted[..^1] : rooted;
    }
}
