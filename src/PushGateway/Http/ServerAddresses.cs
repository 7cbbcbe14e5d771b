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

    private static string WithoutScheme(string url)
    {
        string address = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        return address.StartsWith(KestrelsUnix, StringComparison.Ordinal)
            ? $"unix://{address[KestrelsUnix.Length..]}"
            : address;
    }
}
