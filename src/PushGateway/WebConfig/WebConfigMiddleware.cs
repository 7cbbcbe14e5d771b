using PushGateway.Http.Responses;

namespace PushGateway.WebConfig;

/// <summary>Sets the configured headers on each response, and rejects requests beyond the rate limit.</summary>
internal sealed class WebConfigMiddleware(RequestDelegate next, WebConfigReloader webConfig)
{
    public Task InvokeAsync(HttpContext context)
    {
        ActiveWebConfig config = webConfig.Current;
        foreach ((string name, string value) in config.Headers)
        {
            context.Response.Headers[name] = value;
        }
        return config.Tokens is { } tokens && !tokens.TryTake()
            ? context.Response.WriteErrorAsync(StatusCodes.Status429TooManyRequests, "Too Many Requests")
            : next(context);
    }
}
