using System.Globalization;

namespace PushGateway.Metrics;

/// <summary>
/// Counts requests, and records duration and size of pushes, after the response. Does not count a request that matches no
/// endpoint or whose handler throws. Upstream: promhttp's instrumentation.
/// </summary>
internal sealed class RequestMetrics(GatewayMetrics metrics, TimeProvider time)
{
    private const int MinCode = 100;
    private const int MaxCode = 599;

    private readonly string?[] _codes = new string?[MaxCode - MinCode + 1];

    /// <summary>Wraps a handler, counted under one of the names in <see cref="HandlerName"/>.</summary>
    public RequestDelegate Count(string handler, RequestDelegate next) => async context =>
    {
        await next(context);
        AddRequest(context, handler);
    };

    /// <summary>Wraps a handler, counted as a push. Also records its duration and the size of its request.</summary>
    /// <param name="isCounted">Whether a request is a push.</param>
    public RequestDelegate CountPush(RequestDelegate next, Predicate<HttpContext> isCounted) => async context =>
    {
        if (!isCounted(context))
        {
            await next(context);
            return;
        }
        long start = time.GetTimestamp();
        long size = RequestSize.Estimate(context.Request);
        await next(context);
        AddRequest(context, HandlerName.Push);

        string method = LabelOfMethod(context.Request.Method);
        metrics.PushDuration.WithLabels([method]).Observe(time.GetElapsedTime(start).TotalSeconds);
        metrics.PushSize.WithLabels([method]).Observe(size);
    };

    /// <summary>Counts a rejected request.</summary>
    /// <param name="reason">A label value: the limit that it exceeds, or "cross_site".</param>
    public void CountRejection(string reason) => metrics.Rejections.WithLabels([reason]).Add(1);

    /// <summary>Upstream: promhttp supports these methods, in lower or upper case. Any other is "unknown".</summary>
    private static string LabelOfMethod(string method) => method switch
    {
        "GET" or "get" => "get",
        "PUT" or "put" => "put",
        "HEAD" or "head" => "head",
        "POST" or "post" => "post",
        "DELETE" or "delete" => "delete",
        "CONNECT" or "connect" => "connect",
        "OPTIONS" or "options" => "options",
        "NOTIFY" or "notify" => "notify",
        "TRACE" or "trace" => "trace",
        "PATCH" or "patch" => "patch",
        _ => "unknown",
    };

    private void AddRequest(HttpContext context, string handler) => metrics.HttpRequests
        .WithLabels([LabelOfCode(context.Response.StatusCode), handler, LabelOfMethod(context.Request.Method)])
        .Add(1);

    /// <summary>Caches the texts of status codes, so that a request does not allocate them.</summary>
    private string LabelOfCode(int code) => code is >= MinCode and <= MaxCode
        ? _codes[code - MinCode] ??= code.ToString(CultureInfo.InvariantCulture)
        : "unknown";
}

/// <summary>
/// Wraps an endpoint, including the writing of its result, in <see cref="RequestMetrics"/>, which must be registered as
/// a service.
/// </summary>
internal static class RequestMetricsExtensions
{
    /// <summary>Counts requests under one of the names in <see cref="HandlerName"/>.</summary>
    public static TBuilder WithRequestCounter<TBuilder>(this TBuilder builder, string handler)
        where TBuilder : IEndpointConventionBuilder =>
        Wrap(builder, (metrics, next) => metrics.Count(handler, next));

    /// <summary>Counts pushes as <see cref="HandlerName.Push"/>, and records their duration and size.</summary>
    /// <param name="isCounted">Whether a request is a push.</param>
    public static TBuilder WithPushMetrics<TBuilder>(this TBuilder builder, Predicate<HttpContext> isCounted)
        where TBuilder : IEndpointConventionBuilder =>
        Wrap(builder, (metrics, next) => metrics.CountPush(next, isCounted));

    private static TBuilder Wrap<TBuilder>(
        TBuilder builder,
        Func<RequestMetrics, RequestDelegate, RequestDelegate> wrap)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } next)
            {
                RequestMetrics metrics = endpoint.ApplicationServices.GetRequiredService<RequestMetrics>();
                endpoint.RequestDelegate = wrap(metrics, next);
            }
        });
        return builder;
    }
}

/// <summary>The values of the label handler of pushgateway_http_requests_total.</summary>
public static class HandlerName
{
    /// <summary>Pushes by PUT and POST.</summary>
    public const string Push = "push";

    public const string Delete = "delete";

    public const string Healthy = "healthy";

    public const string Ready = "ready";

    /// <summary>The web UI's page.</summary>
    public const string Status = "status";

    /// <summary>The web UI's files.</summary>
    public const string Static = "static";

    public const string Wipe = "wipe";

    public const string ApiStatus = "api/v1/status";

    public const string ApiMetrics = "api/v1/metrics";

    /// <summary>The list of groups, and its deletions.</summary>
    public const string ApiGroups = "api/v1/groups";

    /// <summary>One group.</summary>
    public const string ApiGroup = "api/v1/group";

    public const string ApiJobs = "api/v1/jobs";

    public const string ApiStats = "api/v1/stats";

    public const string ApiCompletions = "api/v1/completions";

    public const string ApiCluster = "api/v1/cluster";

    public const string ApiClusterTargets = "api/v1/cluster/targets";

    public const string ApiRejections = "api/v1/rejections";

    /// <summary>Any OPTIONS request below api/v1.</summary>
    public const string ApiOptions = "api/v1/options";
}
