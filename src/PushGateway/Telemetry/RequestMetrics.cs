using System.Globalization;

namespace PushGateway.Telemetry;

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

        var method = MethodTag(context);
        metrics.PushDuration.Record(time.GetElapsedTime(start).TotalSeconds, method);
        metrics.PushSize.Record(size, method);
    };

    /// <summary>Counts a request that is refused.</summary>
    /// <param name="limit">The limit that it is beyond, as a label's value.</param>
    public void CountBeyondLimit(string limit) => metrics.BeyondLimit.Add(1, new KeyValuePair<string, object?>("limit", limit));

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
