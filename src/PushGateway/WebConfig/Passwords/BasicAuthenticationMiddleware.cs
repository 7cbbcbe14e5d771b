using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.WebConfig.Passwords;

/// <summary>Lets in only the users of the web config file, where there are any.</summary>
internal sealed class BasicAuthenticationMiddleware(
    RequestDelegate next, WebConfigReloader live, PasswordVerifier logins, RequestMetrics metrics)
{
    public Task InvokeAsync(HttpContext context) =>
        live.Current.Users is { } users ? AuthenticateAsync(context, users) : next(context);

    private async Task AuthenticateAsync(HttpContext context, UserList users)
    {
        string? header = context.Request.Headers.Authorization is [{ } first, ..] ? first : null;
        LoginResult result = BasicCredentials.TryParse(header, out string user, out byte[] password)
            ? await logins.CheckAsync(users, user, password, context.RequestAborted)
            : LoginResult.Wrong;
        switch (result)
        {
            case LoginResult.Accepted:
                await next(context);
                break;
            case LoginResult.Busy:
                await context.RefuseBusyLoginAsync(metrics);
                break;
            default:
                context.Response.Headers.WWWAuthenticate = "Basic";
                await context.Response.WriteErrorAsync(StatusCodes.Status401Unauthorized, "Unauthorized");
                break;
        }
    }
}

internal static class BusyLoginResponse
{
    /// <summary>503 for a login that cannot be checked now; counted as beyond a limit.</summary>
    public static Task RefuseBusyLoginAsync(this HttpContext context, RequestMetrics metrics)
    {
        metrics.CountRejection(PasswordVerifier.Limit);
        return context.Response.WriteUnavailableAsync($"{PasswordVerifier.MaxUnderWay} other logins are being checked");
    }
}
