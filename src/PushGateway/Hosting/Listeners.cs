using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using PushGateway.CommandLine;
using PushGateway.Http;
using PushGateway.WebConfig;

namespace PushGateway.Hosting;

/// <summary>Where the server listens, and what it takes from a connection.</summary>
internal static class Listeners
{
    /// <summary>As much as Go's net/http reads of a request line and headers: job names may be long.</summary>
    private const int MaxHeaderBytes = 1 << 20;

    private const int MaxHeaders = 10_000;

    /// <summary>
    /// How far a scrape is written ahead of its reader. With the 64 KiB of the framework the two wait for each other
    /// all the time: a scrape of 23 MB takes 30 ms instead of 25.
    /// </summary>
    private const int MaxResponseBufferBytes = 1 << 20;

    private const int FirstInheritedDescriptor = 3;

    /// <summary>Reads and resolves the addresses; gives what makes the server listen there.</summary>
    /// <exception cref="StartException">An address is wrong, or there is no inherited socket.</exception>
    /// <param name="webConfig">Says whether there is TLS; null for plain HTTP.</param>
    public static async Task<Action<KestrelServerOptions>> PrepareAsync(GatewayOptions options, LiveWebConfig? webConfig)
    {
        Action<ListenOptions> use = webConfig is { Current.Tls: not null } ? listen => UseTls(listen, webConfig) : UseHttp1;
        if (options.UseSystemdSocket)
        {
            int count = InheritedSockets();
            return kestrel =>
            {
                for (int i = 0; i < count; i++)
                {
                    kestrel.ListenHandle((ulong)(FirstInheritedDescriptor + i), use);
                }
            };
        }

        var addresses = new List<(ListenAddress Address, IPEndPoint? EndPoint)>();
        foreach (string text in options.ListenAddresses)
        {
            if (!ListenAddress.TryParse(text, out ListenAddress address, out string? error))
            {
                throw new StartException(error);
            }
            addresses.Add((address, address.IsAnyHost ? null : await address.ResolveAsync(CancellationToken.None)));
        }
        return kestrel =>
        {
            foreach ((ListenAddress address, IPEndPoint? endPoint) in addresses)
            {
                if (endPoint is null)
                {
                    kestrel.ListenAnyIP(address.Port, use);
                }
                else
                {
                    kestrel.Listen(endPoint, use);
                }
            }
        };
    }

    public static void SetLimits(KestrelServerOptions kestrel, TimeLimits times)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowHostHeaderOverride = true;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxRequestLineSize = MaxHeaderBytes;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.MaxRequestBodySize = null;
        limits.MaxResponseBufferSize = MaxResponseBufferBytes;
        limits.RequestHeadersTimeout = times.Headers;

        // For what BodyPace does not see: bodies that nobody reads.
        limits.MinRequestBodyDataRate = new MinDataRate(times.MinBodyBytesPerSecond, times.BodyWindow);
        limits.MinResponseDataRate = new MinDataRate(times.MinReaderBytesPerSecond, times.ReaderGrace);
    }

    /// <summary>Without TLS the Go one does not speak HTTP/2 either.</summary>
    private static void UseHttp1(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        HalfClosedClients.Serve(listen);
    }

    /// <summary>HTTP/2 is chosen in the handshake, where the web config file lets clients choose it.</summary>
    private static void UseTls(ListenOptions listen, LiveWebConfig webConfig)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(webConfig.Current.Tls!.ForHandshake()),
        });
        HalfClosedClients.Serve(listen);
    }

    /// <summary>How many sockets systemd has passed on, after sd_listen_fds(3).</summary>
    private static int InheritedSockets()
    {
        string processId = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return Environment.GetEnvironmentVariable("LISTEN_PID") == processId
            && int.TryParse(
                Environment.GetEnvironmentVariable("LISTEN_FDS"), CultureInfo.InvariantCulture, out int count)
            && count > 0
            ? count
            : throw new StartException("no socket activation file descriptors found");
    }
}
