using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace PushGateway.Http;

/// <summary>The addresses of a server that listens.</summary>
internal static class ServerAddresses
{
    private const string KestrelsUnix = "unix:";

    /// <summary>As --web.listen-address writes them: <c>[::]:9091</c>, <c>unix:///run/pushgateway.sock</c>.</summary>
    public static IEnumerable<string> ListenAddresses(this IServer server) =>
        (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(WithoutScheme);

    /// <summary>The address for a browser on this machine; null if the server listens only on unix sockets.</summary>
    /// <param name="prefix">The prefix of all routes.</param>
    public static string? LocalUrl(IEnumerable<string> listenAddresses, bool isTls, string prefix)
    {
        string? address = listenAddresses.FirstOrDefault(one => !one.StartsWith("unix://", StringComparison.Ordinal));
        if (address is null)
        {
            return null;
        }
        int colon = address.LastIndexOf(':');
        string host = address[..colon] is "[::]" or "0.0.0.0" ? "localhost" : address[..colon];
        return $"{(isTls ? "https" : "http")}://{host}{address[colon..]}{prefix}/";
    }

    private static string WithoutScheme(string url)
    {
        string address = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        return address.StartsWith(KestrelsUnix, StringComparison.Ordinal)
            ? $"unix://{address[KestrelsUnix.Length..]}"
            : address;
    }
}
