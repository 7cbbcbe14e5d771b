using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using PushGateway.CommandLine;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Durability;
using PushGateway.Durability.Postgres;
using PushGateway.Http;
using PushGateway.Lifecycle;
using PushGateway.Logging;
using PushGateway.Metrics;
using PushGateway.WebConfig;
using Serilog;
using Serilog.Core;
using Serilog.Extensions.Logging;
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace PushGateway.Hosting;

/// <summary>Builds the server from the options and runs it.</summary>
internal static class Gateway
{
    private const int Failed = 1;

    /// <summary>The maximum size of a heap that is compacted after the start, which takes some 3 ms.</summary>
    private const long MaxHeapToCompact = 16 << 20;

    private static readonly TimeSpan RestoreHeadStart = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Runs until a signal or <c>/-/quit</c>. Returns the program's exit code.</summary>
    public static async Task<int> RunAsync(GatewayOptions options)
    {
        QueuedLogSink log = LoggingSetup.CreateSink(options);
        await using Logger serilog = LoggingSetup.CreateLogger(options, new LoggerConfiguration().WriteTo.Sink(log));
        ILogger logger = new SerilogLoggerFactory(serilog).CreateLogger("main");
        log.Resumed = logger.LogLinesDropped;
        logger.Starting(BuildInfo.Current.ToVersionSummary());
        logger.BuildContext(BuildInfo.Current.ToBuildSummary());
        logger.Routes(options.ExternalUrl.Text, options.RoutePrefix);
        try
        {
            await using WebApplication app = await CreateAsync(
                options, serilog, TimeProvider.System, path => new DiskFolder(path));
            app.Services.GetRequiredService<GatewayMetrics>().ShowDroppedLogLines(() => log.DroppedLines);
            IStoreService store = app.Services.GetRequiredService<IStoreService>();

            // A small store is restored before the first request. While a large one is restored, the server answers 503.
            Task restored = store.StartAsync();
            await Task.WhenAny(restored, Task.Delay(RestoreHeadStart));
            ThrowIfFailed(restored);
            await app.StartAsync();
            LogAddresses(app, logger);
            GreetTerminal(app, options);
            ReleaseStartMemory();
            await using var notifications = SystemdNotifier.Begin(
                app.Services, restored, Environment.GetEnvironmentVariable);
            StopIfFailed(restored, app.Lifetime);
            await app.WaitForShutdownAsync();
            bool isKept = await store.CloseAsync();
            ThrowIfFailed(restored);
            logger.ServerStopped();
            return isKept ? 0 : Failed;
        }
        catch (Exception exception) when (exception is IOException or SocketException or StartException)
        {
            // Unlike upstream, which exits with 0 when it fails to start, so that a service manager assumes success.
            logger.ServerFailedToStart(exception.Message);
            return Failed;
        }
    }

    /// <summary>
    /// Releases memory that only the start needed, some 3 MB. With a large store, this would block all requests for too
    /// long.
    /// </summary>
    private static void ReleaseStartMemory()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) < MaxHeapToCompact)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    /// <exception cref="StartException">The store can never be restored.</exception>
    private static void ThrowIfFailed(Task restored)
    {
        if (restored.IsFaulted)
        {
            restored.GetAwaiter().GetResult();
        }
    }

    private static void StopIfFailed(Task restored, IHostApplicationLifetime lifetime) => restored.ContinueWith(
        _ => lifetime.StopApplication(), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    /// <summary>Builds the server, ready to start.</summary>
    /// <exception cref="StartException">The server cannot start with the value of a flag.</exception>
    /// <param name="openFolder">Opens the folder of the persistence file.</param>
    /// <param name="times">How long to wait for clients; tests pass shorter times.</param>
    public static async Task<WebApplication> CreateAsync(
        GatewayOptions options,
        Serilog.ILogger logger,
        TimeProvider time,
        Func<string, DurableFolder> openFolder,
        ClientTimeouts? times = null)
    {
        // The content root is not used; by default it is the working directory, which may have been deleted.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSerilog(logger);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        times ??= ClientTimeouts.Default;
        options = ClusterAddress.Resolve(options, Environment.GetEnvironmentVariable);
        GroupLifecycle lifecycle = builder.Services.AddGateway(options, time, openFolder, times);
        WebConfigReloader? webConfig =
            builder.Services.AddConfigFiles(options, lifecycle, new SerilogLoggerFactory(logger), time);

        Action<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions> listen =
            await Listeners.PrepareAsync(options, webConfig);
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = Listeners.Bind);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Listeners.SetLimits(kestrel, times);
            listen(kestrel);
        });

        Listeners.AddAcceptPause(builder.Services, time);

        WebApplication app = builder.Build();
        RequestPipeline.Build(app, options);
        return app;
    }

    /// <summary>Prints the address to open, if the server was started from a terminal.</summary>
    private static void GreetTerminal(WebApplication app, GatewayOptions options)
    {
        bool isTls = app.Services.GetService<WebConfigReloader>()?.Current.Tls is not null;
        if (!Console.IsOutputRedirected
            && ServerAddresses.LocalUrl(
                app.Services.GetRequiredService<IServer>().ListenAddresses(), isTls, options.RoutePrefix) is { } url)
        {
            Console.Out.WriteLine($"Open {url} in a browser.");
        }
    }

    private static void LogAddresses(WebApplication app, ILogger logger)
    {
        ActiveWebConfig? config = app.Services.GetService<WebConfigReloader>()?.Current;
        foreach (string address in app.Services.GetRequiredService<IServer>().ListenAddresses())
        {
            logger.ListeningOn(address);
            if (config?.Tokens is { Limit: var limit })
            {
                logger.RateLimiterIsEnabled(limit.Burst, limit.Interval.ToString());
            }
            if (config?.Tls is not null)
            {
                logger.TlsIsEnabled(config.Http2, address);
            }
            else
            {
                logger.TlsIsDisabled(http2: false, address);
            }
        }
    }
}
