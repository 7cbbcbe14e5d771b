namespace PushGateway.Telemetry;

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
                var metrics = endpoint.ApplicationServices.GetRequiredService<RequestMetrics>();
                endpoint.RequestDelegate = wrap(metrics, next);
            }
        });
        return builder;
    }
}
