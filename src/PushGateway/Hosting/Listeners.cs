using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PushGateway.CommandLine;
using PushGateway.Http;
using PushGateway.Http.Responses;
using PushGateway.WebConfig;

namespace PushGateway.Hosting;

/// <summary>The addresses that the server listens on, and the limits of a connection.</summary>
internal static class Listeners
{
    /// <summary>Go's net/http has the same limit. Job names may be long.</summary>
    private const int MaxHeaderBytes = 1 << 20;

    private const int MaxHeaders = 10_000;

    /// <summary>The send buffer of a connection. The system buffers twice as much.</summary>
    private const int SendBufferBytes = 512 * 1024;

    /// <summary>
    /// How far the server writes a response ahead of its reader. With the framework's 64 KiB, they wait for each other: a
    /// scrape of 23 MB takes 30 ms instead of 25.
    /// </summary>
    private const int MaxResponseBufferBytes = DeadlineWriter.MaxAheadBytes;

    /// <summary>Parses and resolves the addresses. Returns the configuration that makes Kestrel listen on them.</summary>
    /// <exception cref="StartException">An address is invalid or in use, or systemd passed no socket.</exception>
    /// <param name="webConfig">Decides on TLS; null for plain HTTP.</param>
    public static async Task<Action<KestrelServerOptions>> PrepareAsync(GatewayOptions options, WebConfigReloader? webConfig)
    {
        Action<ListenOptions> use = webConfig is { Current.Tls: not null } ? listen => UseTls(listen, webConfig) : UseHttp1;
        if (options.UseSystemdSocket)
        {
            IReadOnlyList<ulong> sockets = SystemdSockets.Find(Environment.GetEnvironmentVariable);
            return kestrel =>
            {
                foreach (ulong socket in sockets)
                {
                    kestrel.ListenHandle(socket, use);
                }
            };
        }

        var listeners = new List<Action<KestrelServerOptions>>();
        foreach (string text in options.ListenAddresses)
        {
            listeners.Add(text.StartsWith(UnixSocket.Scheme, StringComparison.Ordinal)
                ? await PrepareSocketFileAsync(text, use)
                : await PrepareTcpAsync(text, use));
        }
        return kestrel => listeners.ForEach(listen => listen(kestrel));
    }

    /// <summary>Binds a socket like the framework, with errors that name the address.</summary>
    /// <exception cref="StartException">Binding failed. The framework itself reports an address in use.</exception>
    public static Socket Bind(EndPoint address)
    {
        try
        {
            Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
            if (address is UnixDomainSocketEndPoint file)
            {
                UnixSocket.SetMode(file);
            }
            else
            {
                // Accepted sockets inherit it. Bytes in the system's buffer count as read; its default is 4 MiB.
                socket.SendBufferSize = SendBufferBytes;
            }
            return socket;
        }
        catch (SocketException exception) when (exception.SocketErrorCode != SocketError.AddressAlreadyInUse)
        {
            string network = address is UnixDomainSocketEndPoint ? "unix" : "tcp";
            throw new StartException($"listen {network} {address}: {exception.Message}");
        }
    }

    /// <summary>Makes the server stop accepting while it is short of descriptors, and pause when accepting fails.</summary>
    public static void AddAcceptPause(IServiceCollection services, TimeProvider time)
    {
        if (Descriptors.OfProcess() is not { } descriptors)
        {
            return;
        }
        services.AddSingleton(provider => new AcceptPause(
            descriptors, descriptors.HasFree, time, provider.GetRequiredService<ILogger<AcceptPause>>()));
        services.Replace(ServiceDescriptor.Singleton<IConnectionListenerFactory, PausingListenerFactory>());
    }

    private static async Task<Action<KestrelServerOptions>> PrepareSocketFileAsync(string text, Action<ListenOptions> use)
    {
        if (!UnixSocket.TryParse(text, out UnixDomainSocketEndPoint? file, out string? error))
        {
            throw new StartException(error);
        }
        await UnixSocket.RemoveStaleAsync(file);
        return kestrel => kestrel.Listen(file, use);
    }

    private static async Task<Action<KestrelServerOptions>> PrepareTcpAsync(string text, Action<ListenOptions> use)
    {
        if (!ListenAddress.TryParse(text, out ListenAddress address, out string? error))
        {
            throw new StartException(error);
        }
        if (address.IsAnyHost)
        {
            return kestrel => kestrel.ListenAnyIP(address.Port, use);
        }
        try
        {
            IPEndPoint endPoint = await address.ResolveAsync(CancellationToken.None);
            return kestrel => kestrel.Listen(endPoint, use);
        }
        catch (SocketException exception)
        {
            throw new StartException($"listen tcp: lookup {address.Host}: {exception.Message}");
        }
    }

    public static void SetLimits(KestrelServerOptions kestrel, ClientTimeouts times)
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

        // For bodies that no endpoint reads, which SlowBodyTimeout does not cover.
        limits.MinRequestBodyDataRate = new MinDataRate(times.MinBodyBytesPerSecond, times.BodyWindow);
        limits.MinResponseDataRate = new MinDataRate(times.MinReaderBytesPerSecond, times.WriteGracePeriod);
    }

    /// <summary>HTTP/1.1 only. Without TLS, the Go Pushgateway does not support HTTP/2 either.</summary>
    private static void UseHttp1(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        HalfCloseMiddleware.Serve(listen);
    }

    /// <summary>With TLS. The handshake negotiates HTTP/2 if the web config file allows it.</summary>
    private static void UseTls(ListenOptions listen, WebConfigReloader webConfig)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = handshake =>
                ValueTask.FromResult(webConfig.Current.Tls!.ForHandshake(handshake.Connection.Features)),
        });
        HalfCloseMiddleware.Serve(listen);
    }
}
