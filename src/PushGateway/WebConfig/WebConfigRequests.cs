using PushGateway.Http;

namespace PushGateway.WebConfig;

/// <summary>Puts the configured headers on each answer, and lets in only whom the web config file lets in.</summary>
internal sealed class WebConfigRequests(RequestDelegate next, LiveWebConfig live, Logins logins)
{
    public Task InvokeAsync(HttpContext context)
    {
        EffectiveWebConfig config = live.Current;
        foreach ((string name, string value) in config.Headers)
        {
            context.Response.Headers[name] = value;
        }
        if (config.Tokens is { } tokens && !tokens.TryTake())
        {
            return context.Response.WriteErrorAsync(StatusCodes.Status429TooManyRequests, "Too Many Requests");
        }
        return config.Users is { } users ? AuthenticateAsync(context, users) : next(context);
    }

    private async Task AuthenticateAsync(HttpContext context, UserList users)
    {
        string? header = context.Request.Headers.Authorization is [{ } first, ..] ? first : null;
        if (BasicCredentials.TryParse(header, out string user, out byte[] password)
            && await logins.AreGoodAsync(users, user, password, context.RequestAborted))
        {
            await next(context);
            return;
        }
        context.Response.Headers.WWWAuthenticate = "Basic";
        await context.Response.WriteErrorAsync(StatusCodes.Status401Unauthorized, "Unauthorized");
    }
}
