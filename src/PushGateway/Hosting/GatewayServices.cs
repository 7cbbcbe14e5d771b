using Microsoft.Extensions.DependencyInjection.Extensions;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.ConfigFiles;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Durability;
using PushGateway.Durability.Postgres;
using PushGateway.Http;
using PushGateway.Http.Push;
using PushGateway.Http.Rejections;
using PushGateway.Http.Responses;
using PushGateway.Lifecycle;
using PushGateway.Metrics;
using PushGateway.Ui;
using PushGateway.WebConfig;
using PushGateway.WebConfig.Passwords;
using PushGateway.WebConfig.Tls;

namespace PushGateway.Hosting;

/// <summary>Registers the parts of the server that the options select.</summary>
internal static class GatewayServices
{
    /// <param name="openFolder">Opens the folder of the persistence file.</param>
    /// <returns>The object that the rules of a lifecycle file apply to.</returns>
    public static GroupLifecycle AddGateway(
        this IServiceCollection services,
        GatewayOptions options,
        TimeProvider time,
        Func<string, DurableFolder> openFolder,
        ClientTimeouts times)
    {
        BuildInfo build = BuildInfo.Current;
        services.AddLogging();
        services.AddSingleton(time);
        services.AddSingleton(options);
        services.AddSingleton(build);
        services.AddSingleton(PushSettings.Of(options, times));

        var metrics = new GatewayMetrics(options, build, time);
        services.AddSingleton(metrics);
        services.AddSingleton(new OwnMetrics(metrics, options, time));
        services.AddSingleton(new RequestMetrics(metrics, time));
        services.AddSingleton(metrics.Reserved);
        var store = new GroupStore(metrics.Reserved, options.IdempotencyKeys.Count);
        services.AddSingleton(store);
        metrics.ShowIdempotencyKeys(() => store.CountIdempotencyKeys(time.GetUnixNanoseconds()));

        if (options.IsReplica)
        {
            services.AddReplica(options, store, metrics, time);
        }
        else
        {
            services.AddLocalStore(options, store, metrics, openFolder, time);
        }
        var lifecycle = new GroupLifecycle(store, options, time);
        services.AddSingleton(lifecycle);
        services.AddSingleton<ExpectedPushes>();
        services.AddSingleton<ExpiryService>();
        services.AddHostedService(provider => provider.GetRequiredService<ExpiryService>());
        if (options.Lenient)
        {
            services.AddSingleton<LenientPushes>();
        }
        services.AddSingleton<EmptyPushes>();
        services.AddSingleton(new GroupHistory(GroupHistory.DefaultMaxBytes));
        services.AddSingleton<PushRecorder>();
        services.AddSingleton<PushResponder>();
        services.AddSingleton<PushEndpoints>();
        services.AddSingleton<QuarantineCache>();
        services.AddSingleton<GzipCache>();
        services.AddSingleton<ScrapeEndpoint>();
        services.AddSingleton<OpenMetricsStatistics>();
        services.AddSingleton<ApiEndpoints>();
        services.AddSingleton<GroupContexts>();
        services.AddSingleton<GroupsEndpoints>();
        services.AddSingleton<GroupEndpoints>();
        services.AddSingleton<JobsEndpoint>();
        services.AddSingleton<PushHistory>();
        services.AddSingleton<RecentRejections>();
        services.AddSingleton<IRejectionRecorder>(provider => provider.GetRequiredService<RecentRejections>());
        services.AddSingleton<RejectionsEndpoint>();
        services.AddSingleton<StatsEndpoint>();
        services.AddSingleton<CompletionCache>();
        services.AddSingleton<CompletionsEndpoint>();
        services.AddSingleton<NoScriptPage>();
        services.AddSingleton<UiEndpoints>();
        return lifecycle;
    }

    /// <summary>The store in memory, with files if the flags name them.</summary>
    private static void AddLocalStore(
        this IServiceCollection services,
        GatewayOptions options,
        GroupStore store,
        GatewayMetrics metrics,
        Func<string, DurableFolder> openFolder,
        TimeProvider time)
    {
        bool hasJournal = options.PersistenceFile.Length > 0 && options.EnableJournal;
        JournaledStore? journaled = hasJournal ? new JournaledStore(store, time) : null;
        services.AddSingleton<IDurableStore>((IDurableStore?)journaled ?? new MemoryStore(store));
        services.AddSingleton(provider => new PersistenceService(
            options,
            store,
            journaled,
            new PersistenceMetrics(metrics),
            openFolder,
            () => provider.GetRequiredService<ExpiryService>().ExpireDueAsync(),
            time,
            provider.GetRequiredService<ILogger<PersistenceService>>()));
        services.AddSingleton<IStoreService>(provider => provider.GetRequiredService<PersistenceService>());
    }

    /// <summary>The store in a database that other gateways share.</summary>
    /// <exception cref="StartException">The address is malformed, or OpenSSL is missing.</exception>
    private static void AddReplica(
        this IServiceCollection services, GatewayOptions options, GroupStore store, GatewayMetrics metrics, TimeProvider time)
    {
        OpenSslLibrary.ThrowIfMissing("a login at a database");
        var door = new PostgresStore(store);
        services.AddSingleton<IDurableStore>(door);
        services.AddSingleton(door);
        services.AddSingleton(new PostgresSource(options.ClusterPostgres.Text));
        services.AddSingleton<ReplicaStatus>();
        services.AddSingleton<ReplicaPresence>();
        services.AddSingleton(new ReplicaMetrics(metrics));
        services.AddSingleton(provider => new ReplicaService(
            options,
            store,
            door,
            provider.GetRequiredService<PostgresSource>(),
            provider.GetRequiredService<ReplicaPresence>(),
            provider.GetRequiredService<ReplicaStatus>(),
            provider.GetRequiredService<ReplicaMetrics>(),
            () => provider.GetRequiredService<ExpiryService>().ExpireDueAsync(),
            time,
            provider.GetRequiredService<ILogger<ReplicaService>>()));
        services.AddSingleton<IStoreService>(provider => provider.GetRequiredService<ReplicaService>());
        services.AddSingleton<ClusterEndpoints>();
    }

    /// <summary>
    /// Loads the files of <c>--web.config.file</c>, <c>--access.config.file</c> and <c>--lifecycle.config.file</c>, if given,
    /// and watches them.
    /// </summary>
    /// <returns>Null without a web config file.</returns>
    /// <exception cref="StartException">A file is invalid.</exception>
    public static WebConfigReloader? AddConfigFiles(
        this IServiceCollection services,
        GatewayOptions options,
        GroupLifecycle lifecycle,
        ILoggerFactory loggers,
        TimeProvider time)
    {
        WebConfigReloader? webConfig = AddWebConfig(services, options, loggers, time);

        // In this order, since the access file names users of the web config file.
        IReloadable?[] files =
            [webConfig, AddAccess(services, options, loggers, webConfig), LoadLifecycle(options, lifecycle, loggers)];
        IReadOnlyList<IReloadable> given = [.. files.OfType<IReloadable>()];
        services.AddSingleton(given);
        if (given.Count > 0)
        {
            services.AddSingleton<IHostedService>(new ConfigFileWatcher(given, time));
        }
        return webConfig;
    }

    /// <returns>Null without the flag.</returns>
    /// <exception cref="StartException">The file or one that it names is invalid.</exception>
    private static WebConfigReloader? AddWebConfig(
        IServiceCollection services, GatewayOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        if (options.WebConfigFile.Length == 0)
        {
            return null;
        }
        ILogger logger = loggers.CreateLogger<WebConfigReloader>();
        if (!WebConfigReloader.TryLoad(options.WebConfigFile, time, logger, out WebConfigReloader? live, out string? error))
        {
            throw new StartException(error);
        }
        services.AddSingleton(live);
        services.AddSingleton<PasswordVerifier>();
        return live;
    }

    /// <returns>Null without the flag.</returns>
    /// <exception cref="StartException">The file is invalid.</exception>
    private static AccessReloader? AddAccess(
        IServiceCollection services, GatewayOptions options, ILoggerFactory loggers, WebConfigReloader? webConfig)
    {
        if (options.AccessConfigFile.Length == 0)
        {
            return null;
        }
        ILogger logger = loggers.CreateLogger<AccessReloader>();
        if (!AccessReloader.TryLoad(options.AccessConfigFile, webConfig, logger, out AccessReloader? live, out string? error))
        {
            throw new StartException(error);
        }
        services.AddSingleton(live);
        services.AddSingleton<AccessDenials>();
        services.TryAddSingleton<PasswordVerifier>();
        return live;
    }

    /// <returns>Null without the flag.</returns>
    /// <exception cref="StartException">The file is invalid.</exception>
    private static LifecycleReloader? LoadLifecycle(
        GatewayOptions options, GroupLifecycle lifecycle, ILoggerFactory loggers)
    {
        if (options.LifecycleConfigFile.Length == 0)
        {
            return null;
        }
        ILogger logger = loggers.CreateLogger<LifecycleReloader>();
        return LifecycleReloader.TryLoad(
            options.LifecycleConfigFile, lifecycle.Apply, logger, out LifecycleReloader? live, out string? error)
            ? live
            : throw new StartException(error);
    }
}
