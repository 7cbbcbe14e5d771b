using System.Diagnostics.CodeAnalysis;

namespace PushGateway.Http.Middleware;

/// <summary>Repairs the paths of groups for <c>--push.lenient</c>.</summary>
/// <param name="prefix">The route prefix.</param>
internal sealed class LenientPaths(string prefix)
{
    private readonly string[] _pushes = GroupRoutes.Prefixes($"{prefix}/metrics");
    private readonly string[] _groups =
        [.. GroupRoutes.Prefixes($"{prefix}/metrics"), .. GroupRoutes.Prefixes($"{prefix}/api/v1/groups")];

    /// <summary>
    /// The path to serve. The path of a group has <see cref="PathNormalizationMiddleware.EncodedSlash"/> in place of <c>%2F</c>,
    /// and one slash before <c>metrics/job</c>.
    /// </summary>
    /// <param name="path">The path of the target, fully decoded.</param>
    public string Read(string target, string path, out Leniency uses)
    {
        uses = Leniency.None;
        if (TryReplaceSlashes(target, out string? replaced)
            && Array.Exists(_groups, start => Join(replaced).StartsWith(start, StringComparison.Ordinal)))
        {
            path = replaced;
            uses = Leniency.EncodedSlash;
        }
        string joined = Join(path);
        if (joined.Length < path.Length
            && Array.Exists(_pushes, start => joined.StartsWith(start, StringComparison.Ordinal)))
        {
            path = joined;
            uses |= Leniency.DoubleSlash;
        }
        return path;
    }

    private static bool TryReplaceSlashes(string target, [NotNullWhen(true)] out string? path)
    {
        string[] pieces = PathNormalizationMiddleware.PathOf(target).ToString()
            .Replace("%2f", PathNormalizationMiddleware.PercentSlash, StringComparison.Ordinal)
            .Split(PathNormalizationMiddleware.PercentSlash);
        path = pieces.Length > 1
            ? string.Join(PathNormalizationMiddleware.EncodedSlash, pieces.Select(Uri.UnescapeDataString))
            : null;
        return path is not null;
    }

    /// <summary>The path with one slash after the route prefix.</summary>
    private string Join(string path) =>
        path.StartsWith(prefix + "//", StringComparison.Ordinal)
            ? $"{prefix}/{path[prefix.Length..].TrimStart('/')}"
            : path;
}
