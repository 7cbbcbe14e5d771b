using PushGateway.Http.Middleware;
using PushGateway.Http.Push;

namespace PushGateway.Http;

/// <summary>Routes of one group: <c>RESOURCE/job/JOB{/LABEL/VALUE}</c> and <c>RESOURCE/job@base64/…</c>.</summary>
internal static class GroupRoutes
{
    private const string Base64Job = "/job@base64/";

    /// <summary>The prefixes of paths of groups.</summary>
    public static string[] Prefixes(string resource) => [$"{resource}/job/", resource + Base64Job];

    /// <summary>Whether the job's value follows this prefix in base64.</summary>
    public static bool IsBase64(string prefix) => prefix.EndsWith(Base64Job, StringComparison.Ordinal);

    /// <param name="onGroup">Handles a request whose path has a valid grouping key.</param>
    /// <param name="onError">Answers a request whose path has no valid grouping key. Receives the error.</param>
    public static IEndpointConventionBuilder MapGroupingKey(
        this IEndpointRouteBuilder routes,
        string method,
        string resource,
        GroupingKeyUrl url,
        Func<HttpContext, GroupingKey, Task> onGroup,
        Func<HttpContext, string, Task> onError)
    {
        return new RoutePair(Array.ConvertAll(Prefixes(resource), prefix =>
        {
            bool jobIsBase64 = IsBase64(prefix);
            return routes.MapMethods(prefix + "{job}/{**labels}", [method], context =>
            {
                string path = context.Request.Path.Value!;
                return url.TryParse(
                        path.AsSpan(Math.Min(prefix.Length, path.Length)), jobIsBase64, out GroupingKey? key, out string error)
                    ? onGroup(context, key!)
                    : onError(context, error);
            });
        }));
    }

    /// <summary>
    /// Maps pushes without a job, <c>RESOURCE{/LABEL/VALUE}</c>, which clients of prom-aggregation-gateway send.
    /// </summary>
    /// <inheritdoc cref="MapGroupingKey"/>
    public static IEndpointConventionBuilder MapWithoutJob(
        this IEndpointRouteBuilder routes,
        string method,
        string resource,
        string defaultJob,
        GroupingKeyUrl url,
        Func<HttpContext, GroupingKey, Task> onGroup,
        Func<HttpContext, string, Task> onError)
    {
        return new RoutePair(Array.ConvertAll((string[])[resource, resource + "/{**labels}"], pattern =>
            (IEndpointConventionBuilder)routes.MapMethods(pattern, [method], context =>
            {
                string path = context.Request.Path.Value!;
                return url.TryParseWithoutJob(
                        path.AsSpan(Math.Min(resource.Length, path.Length)), defaultJob, out GroupingKey? key, out string error)
                    ? onGroup(context, key!)
                    : onError(context, error);
            }).WithMetadata(TrailingSlash.Allowed)));
    }

    private sealed class RoutePair(IEndpointConventionBuilder[] routes) : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention) => Array.ForEach(routes, route => route.Add(convention));

        public void Finally(Action<EndpointBuilder> finallyConvention) =>
            Array.ForEach(routes, route => route.Finally(finallyConvention));
    }
}
