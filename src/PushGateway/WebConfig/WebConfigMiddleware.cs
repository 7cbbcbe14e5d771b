using PushGateway.Http.Responses;

namespace PushGateway.WebConfig;

/// <summary>Puts the configured headers on each answer, and takes no more requests than the rate limit allows.</summary>
internal sealed class WebConfigMiddleware(RequestDelegate next, WebConfigReloader live)
{
    public Task InvokeAsync(HttpContext context)
    {
        ActiveWebConfig config = live.Current;
        foreach ((string name, string value) in config.Headers)
        {
            context.Response.Headers[name] = value;
        }
        return config.Tokens is { } tokens && !tokens.TryTake()
            ? context.Response.WriteErrorAsync(StatusCodes.Status429TooManyRequests, "Too Many Requests")
            : next(context);
    }
}
