using PushGateway.Http.Responses;
using PushGateway.Metrics;
using PushGateway.WebConfig.Passwords;

namespace PushGateway.WebConfig;

/// <summary>Requires the password of a user of the web config file, if it has users.</summary>
internal sealed class BasicAuthenticationMiddleware(
    RequestDelegate next, WebConfigReloader webConfig, PasswordVerifier passwords, RequestMetrics metrics)
{
    public Task InvokeAsync(HttpContext context) =>
        webConfig.Current.Users is { } users ? AuthenticateAsync(context, users) : next(context);

    private async Task AuthenticateAsync(HttpContext context, UserList users)
    {
        string? header = context.Request.Headers.Authorization is [{ } first, ..] ? first : null;
        LoginResult result = BasicCredentials.TryParse(header, out string user, out byte[] password)
            ? await passwords.CheckAsync(users, user, password, context.RequestAborted)
            : LoginResult.Wrong;
        switch (result)
        {
            case LoginResult.Accepted:
                await next(context);
                break;
            case LoginResult.Busy:
                await context.RejectBusyLoginAsync(metrics);
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
    /// <summary>503 for a login that cannot be checked now. Counted as a rejection by a limit.</summary>
    public static Task RejectBusyLoginAsync(this HttpContext context, RequestMetrics metrics)
    {
        metrics.CountRejection(PasswordVerifier.Limit);
        return context.Response.WriteUnavailableAsync($"{PasswordVerifier.MaxPending} other logins are being checked");
    }
}
