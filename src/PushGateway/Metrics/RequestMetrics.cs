using System.Globalization;

namespace PushGateway.Metrics;

/// <summary>
/// Counts requests, and times and measures pushes, once they are answered. A request whose handler throws is not
/// counted, and neither is one that no endpoint takes. Upstream: so does promhttp's instrumentation.
/// </summary>
public sealed class RequestMetrics(GatewayMetrics metrics, TimeProvider time)
{
    private const int LeastCode = 100;
    private const int GreatestCode = 599;

    private readonly string?[] _codes = new string?[GreatestCode - LeastCode + 1];

    /// <summary>The handler, counted under one of the names in <see cref="HandlerName"/>.</summary>
    public RequestDelegate Count(string handler, RequestDelegate next) => async context =>
    {
        await next(context);
        AddRequest(context, handler);
    };

    /// <summary>The handler, counted as a push; its duration and the size of its request are recorded too.</summary>
    public RequestDelegate CountPush(RequestDelegate next) => async context =>
    {
        long start = time.GetTimestamp();
        long size = RequestSize.Estimate(context.Request);
        await next(context);
        AddRequest(context, HandlerName.Push);

        KeyValuePair<string, object?> method = MethodTag(context);
        metrics.PushDuration.Record(time.GetElapsedTime(start).TotalSeconds, method);
        metrics.PushSize.Record(size, method);
    };

    /// <summary>Counts a request that is refused.</summary>
    /// <param name="limit">The limit that it is beyond, as a label's value.</param>
    public void CountLimitRejection(string limit) => metrics.LimitRejections.Add(1, new KeyValuePair<string, object?>("limit", limit));

    /// <summary>Counts a request that is refused because a page of another site made it.</summary>
    public void CountCrossSite() => metrics.CrossSite.Add(1);

    private static KeyValuePair<string, object?> MethodTag(HttpContext context) =>
        new("method", LabelOfMethod(context.Request.Method));

    /// <summary>Upstream: promhttp knows these methods, all in one case; any other is "unknown".</summary>
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

    private void AddRequest(HttpContext context, string handler) =>
        metrics.HttpRequests.Add(
            1,
            new("code", LabelOfCode(context.Response.StatusCode)),
            new("handler", handler),
            MethodTag(context));

    /// <summary>Keeps each text once made, so that a request does not allocate one.</summary>
    private string LabelOfCode(int code) => code is >= LeastCode and <= GreatestCode
        ? _codes[code - LeastCode] ??= code.ToString(CultureInfo.InvariantCulture)
        : "unknown";
}

/// <summary>
/// Puts <see cref="RequestMetrics"/>, which must be registered as a service, around an endpoint. It stands around
/// everything the endpoint does, the writing of its result included.
/// </summary>
public static class RequestMetricsExtensions
{
    /// <summary>Counts under one of the names in <see cref="HandlerName"/>.</summary>
    public static TBuilder WithRequestCounter<TBuilder>(this TBuilder builder, string handler)
        where TBuilder : IEndpointConventionBuilder =>
        Wrap(builder, (metrics, next) => metrics.Count(handler, next));

    /// <summary>For pushes: counts as <see cref="HandlerName.Push"/> and records duration and size.</summary>
    public static TBuilder WithPushMetrics<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        Wrap(builder, static (metrics, next) => metrics.CountPush(next));

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

    public const string ApiStats = "api/v1/stats";

    /// <summary>Any OPTIONS request below api/v1.</summary>
    public const string ApiOptions = "api/v1/options";
}
