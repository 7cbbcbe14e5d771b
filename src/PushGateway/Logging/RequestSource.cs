namespace PushGateway.Logging;

internal static class RequestSource
{
    /// <summary>Address and port of the client; <c>unix</c> on a unix socket.</summary>
    public static string Source(this HttpContext context) => context.Connection.RemoteIpAddress is { } address
        ? $"{address}:{context.Connection.RemotePort}"
        : "unix";
}
