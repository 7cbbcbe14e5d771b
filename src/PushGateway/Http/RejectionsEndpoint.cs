using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Http.Middleware;
using PushGateway.Http.Push;
using PushGateway.Http.Rejections;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary><c>/api/v1/rejections</c>: the last rejected pushes and deletions.</summary>
internal sealed class RejectionsEndpoint(RecentRejections rejections, GatewayOptions options, PushSettings settings)
{
    private readonly GroupingKeyUrl _url = new(settings.Names);
    private readonly string[] _prefixes = GroupRoutes.Prefixes($"{options.RoutePrefix}/metrics");
    private readonly LenientPaths? _lenient = settings.IsLenient ? new LenientPaths(options.RoutePrefix) : null;

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        RejectionsEndpoint endpoint = routes.ServiceProvider.GetRequiredService<RejectionsEndpoint>();
        routes.MapGet($"{prefix}/api/v1/rejections", endpoint.WriteAsync)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.ApiRejections);
    }

    private Task WriteAsync(HttpContext context)
    {
        (Rejection[] newest, long total) = rejections.Read();
        return context.Response.WriteDataAsync(
            new RejectionsResponse(total, newest.Select(Describe)), ApiJson.Default.ApiResponseRejectionsResponse);
    }

    private RejectionResponse Describe(Rejection rejection) => new(
        rejection.At / 1e9,
        rejection.Status,
        rejection.Method,
        rejection.Path,
        rejection.Client,
        GroupOf(rejection.Path)?.ToDictionary(),
        rejection.Reason)
    {
        Kind = rejection.Cause?.Kind?.Word(),
        Family = rejection.Cause?.Family,
        Here = rejection.Cause?.Here?.TextName(),
        There = rejection.Cause?.There?.TextName(),
        Groups = rejection.Cause?.Groups.Select(key => key.ToDictionary()) ?? [],
        Line = rejection.Cause?.Line,
        Hint = rejection.Cause is { Hint.Length: > 0 } cause ? cause.Hint : null,
    };

    /// <summary>The group that the path names, even in a spelling that is redirected; null if it names none.</summary>
    private GroupingKey? GroupOf(string sent)
    {
        if (sent.Length > RejectedPush.MaxLength
            || !PathNormalizationMiddleware.TryDecode(sent, _lenient, out string path, out bool isUtf8, out _)
            || !isUtf8)
        {
            return null;
        }
        path = PathNormalizationMiddleware.Clean(path);
        return Array.Find(_prefixes, one => path.StartsWith(one, StringComparison.Ordinal)) is { } prefix
            && _url.TryParse(path.AsSpan(prefix.Length), GroupRoutes.IsBase64(prefix), out GroupingKey? key, out _)
            && Array.TrueForAll(key!.Labels, label => label.Value.IsValidUtf8)
            ? key
            : null;
    }
}
