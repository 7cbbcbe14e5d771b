using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Core.Model;
using PushGateway.Core.Persistence;
using PushGateway.Core.Store;
using PushGateway.Http;
using PushGateway.Telemetry;
using PushGateway.Ui;
using PushGateway.WebConfig;

namespace PushGateway.Hosting;

/// <summary>Puts the server together from the flags, and runs it.</summary>
internal static class Gateway
{
    private const int Failed = 1;

    private static readonly TimeSpan RestoreHeadStart = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Runs until a signal or <c>/-/quit</c> ends it. Gives the program's exit code.</summary>
    public static async Task<int> RunAsync(GatewayOptions options)
    {
        using ILoggerFactory loggers = LoggingSetup.CreateLoggerFactory(options);
        ILogger logger = loggers.CreateLogger("main");
        logger.Starting(BuildInfo.Current.ToVersionSummary());
        logger.BuildContext(BuildInfo.Current.ToBuildSummary());
        logger.Routes(options.ExternalUrl.Text, options.RoutePrefix);
        try
        {
            await using WebApplication app = await CreateAsync(
                options, loggers, TimeProvider.System, path => new DiskFolder(path));
            var persistence = app.Services.GetRequiredService<Persistence.Persistence>();

            // A small store is there before the first request; for a large one nobody waits without an answer.
            Task restored = persistence.StartAsync();
            await Task.WhenAny(restored, Task.Delay(RestoreHeadStart));
            await app.StartAsync();
            LogAddresses(app, logger);
            await using var notifications = ServiceNotifications.Begin(
                app.Services, restored, Environment.GetEnvironmentVariable);
            await app.WaitForShutdownAsync();
            bool isKept = await persistence.CloseAsync();
            logger.ServerStopped();
            return isKept ? 0 : Failed;
        }
        catch (Exception exception) when (exception is IOException or SocketException or StartException)
        {
            // Upstream ends with 0 when it fails to start, so that a service manager takes it for a success.
            logger.ServerFailedToStart(exception.Message);
            return Failed;
        }
    }

    /// <summary>The server, ready to be started.</summary>
    /// <exception cref="StartException">A flag's value turns out not to be usable.</exception>
    /// <param name="openFolder">Opens the folder of the persistence file.</param>
    /// <param name="times">How long clients are waited for; for tests, which do not wait so long.</param>
    public static async Task<WebApplication> CreateAsync(
        GatewayOptions options,
        ILoggerFactory loggers,
        TimeProvider time,
        Func<string, DurableFolder> openFolder,
        TimeLimits? times = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        times ??= TimeLimits.Default;
        AddGateway(builder.Services, options, time, openFolder, times);
        LiveWebConfig? webConfig = AddWebConfig(builder.Services, options, loggers, time);
        LiveAccess? access = AddAccess(builder.Services, options, loggers, webConfig);
        AddConfigWatch(builder.Services, webConfig, access, time);

        Action<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions> listen =
            await Listeners.PrepareAsync(options, webConfig);
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = Listeners.Bind);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Listeners.SetLimits(kestrel, times);
            listen(kestrel);
        });

        WebApplication app = builder.Build();
        MapRoutes(app, options);
        return app;
    }

    private static void AddGateway(
        IServiceCollection services,
        GatewayOptions options,
        TimeProvider time,
        Func<string, DurableFolder> openFolder,
        TimeLimits times)
    {
        BuildInfo build = BuildInfo.Current;
        string[] platform = build.Platform.Split('/');
        services.AddLogging();
        services.AddSingleton(time);
        services.AddSingleton(options);
        services.AddSingleton(build);
        services.AddSingleton(new GatewaySettings(
            options.EnableUtf8Names ? NameValidation.Utf8 : NameValidation.Legacy,
            options.DisableConsistencyCheck ? PushCheck.Unchecked : PushCheck.Checked,
            new PushLimits(
                options.MaxSeries.Count,
                options.MaxLabels.Count,
                options.MaxNameLength.Bytes,
                options.MaxValueLength.Bytes,
                options.MaxStoredSeries.Count,
                options.MaxStoredGroups.Count),
            options.MaxBodySize.Bytes,
            options.QuarantineInconsistent,
            times));
        IReadOnlyList<ReservedFamily> reserved = FamilyCatalogue.ReservedWith(options);
        services.AddSingleton(reserved);
        services.AddSingleton(new GroupStore(reserved));

        // The listener comes first: what was measured before it listens is lost.
        var meter = new Meter(GatewayMetrics.MeterName);
        services.AddSingleton(meter);
        services.AddSingleton(new OwnFamilies(meter, time));
        var metrics = new GatewayMetrics(meter, new BuildLabels(
            build.Version, build.Revision, build.Branch, $"dotnet{build.RuntimeVersion}", platform[0], platform[1]));
        services.AddSingleton(new RequestMetrics(metrics, time));

        services.AddSingleton(provider => new Persistence.Persistence(
            options,
            provider.GetRequiredService<GroupStore>(),
            new PersistenceMetrics(meter),
            openFolder,
            time,
            provider.GetRequiredService<ILogger<Persistence.Persistence>>()));
        services.AddSingleton<Changes>();
        services.AddSingleton<PushEndpoints>();
        services.AddSingleton<QuarantinedGroups>();
        services.AddSingleton<ScrapeEndpoint>();
        services.AddSingleton<ApiEndpoints>();
        services.AddSingleton<GroupsEndpoints>();
        services.AddSingleton<PushHistory>();
        services.AddSingleton<StatsEndpoint>();
        services.AddSingleton<PageFallback>();
        services.AddSingleton<UiEndpoints>();
    }

    /// <returns>Null if there is no file; then nothing of it is there.</returns>
    /// <exception cref="StartException">The file, or one that it names, cannot be used.</exception>
    private static LiveWebConfig? AddWebConfig(
        IServiceCollection services, GatewayOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        if (options.WebConfigFile.Length == 0)
        {
            return null;
        }
        ILogger logger = loggers.CreateLogger<LiveWebConfig>();
        if (!LiveWebConfig.TryLoad(options.WebConfigFile, time, logger, out LiveWebConfig? live, out string? error))
        {
            throw new StartException(error);
        }
        services.AddSingleton(live);
        services.AddSingleton<Logins>();
        return live;
    }

    /// <returns>Null if there is no file; then nothing of it is there.</returns>
    /// <exception cref="StartException">The file cannot be used.</exception>
    private static LiveAccess? AddAccess(
        IServiceCollection services, GatewayOptions options, ILoggerFactory loggers, LiveWebConfig? webConfig)
    {
        if (options.AccessConfigFile.Length == 0)
        {
            return null;
        }
        ILogger logger = loggers.CreateLogger<LiveAccess>();
        if (!LiveAccess.TryLoad(options.AccessConfigFile, webConfig, logger, out LiveAccess? live, out string? error))
        {
            throw new StartException(error);
        }
        services.AddSingleton(live);
        services.AddSingleton<AccessRefusals>();
        services.TryAddSingleton<Logins>();
        return live;
    }

    /// <summary>The web config is looked at first: the access file names its users.</summary>
    private static void AddConfigWatch(
        IServiceCollection services, LiveWebConfig? webConfig, LiveAccess? access, TimeProvider time)
    {
        Action?[] looks = [webConfig is null ? null : webConfig.Look, access is null ? null : access.Look];
        if (looks.OfType<Action>().ToArray() is { Length: > 0 } any)
        {
            services.AddSingleton<IHostedService>(new ConfigWatch(any, time));
        }
    }

    private static void MapRoutes(WebApplication app, GatewayOptions options)
    {
        string prefix = options.RoutePrefix;
        app.UseMiddleware<FailedRequests>();
        if (options.WebConfigFile.Length > 0)
        {
            app.UseMiddleware<WebConfigRequests>();
        }
        app.UseMiddleware<CrossSiteRequests>();
        bool hasAccess = options.AccessConfigFile.Length > 0;
        if (hasAccess)
        {
            app.UseMiddleware<IdentifiedRequests>();
        }
        else if (options.WebConfigFile.Length > 0)
        {
            app.UseMiddleware<AuthenticatedRequests>();
        }
        app.UseMiddleware<RequestPath>();
        app.UseRouting();
        if (hasAccess)
        {
            app.UseMiddleware<PermittedRequests>();
        }
        if (options.MaxRequests.Count > 0)
        {
            app.UseMiddleware<RequestCrowd>(options.MaxRequests.Count, prefix);
        }
        app.UseMiddleware<UnreadyRequests>(prefix);
        app.UseMiddleware<RequestDecoding>($"{prefix}/api/v1/");
        app.UseMiddleware<UnmatchedRequests>($"{prefix}/api/v1/");

        PushEndpoints.Map(app, prefix);
        ScrapeEndpoint.Map(app, ScrapePath(prefix, options.TelemetryPath));
        ApiEndpoints.Map(app, prefix);
        GroupsEndpoints.Map(app, prefix);
        StatsEndpoint.Map(app, prefix);
        if (options.EnableAdminApi)
        {
            AdminEndpoints.Map(app, prefix);
        }
        ManagementEndpoints.Map(app, prefix, options);
        UiEndpoints.Map(app, prefix);
    }

    /// <exception cref="StartException">Something else is at that path.</exception>
    private static string ScrapePath(string prefix, string telemetryPath)
    {
        string path = RequestPath.Clean($"{prefix}/{telemetryPath}").TrimEnd('/');
        string[] taken = ["", "/status", "/-/healthy", "/-/ready"];
        return Array.Exists(taken, own => path == prefix + own) || path is "/-/quit"
            ? throw new StartException($"--web.telemetry-path={telemetryPath} is the path of something else")
            : path;
    }

    private static void LogAddresses(WebApplication app, ILogger logger)
    {
        EffectiveWebConfig? config = app.Services.GetService<LiveWebConfig>()?.Current;
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

/// <summary>The server cannot be started as the flags have it.</summary>
internal sealed class StartException(string message) : Exception(message);
