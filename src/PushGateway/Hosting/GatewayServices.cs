using Microsoft.Extensions.DependencyInjection.Extensions;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.ConfigFiles;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Durability;
using PushGateway.Http;
using PushGateway.Http.Push;
using PushGateway.Metrics;
using PushGateway.Ui;
using PushGateway.WebConfig;
using PushGateway.WebConfig.Passwords;

namespace PushGateway.Hosting;

/// <summary>Registers the parts of the server as the options ask for them.</summary>
internal static class GatewayServices
{
    /// <param name="openFolder">Opens the folder of the persistence file.</param>
    public static void AddGateway(
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
        services.AddSingleton(new OwnMetrics(metrics, time));
        services.AddSingleton(new RequestMetrics(metrics, time));
        services.AddSingleton(metrics.Reserved);
        var store = new GroupStore(metrics.Reserved);
        services.AddSingleton(store);

        bool hasJournal = options.PersistenceFile.Length > 0 && options.EnableJournal;
        JournaledStore? journaled = hasJournal ? new JournaledStore(store, time) : null;
        services.AddSingleton<IDurableStore>((IDurableStore?)journaled ?? new MemoryStore(store));
        services.AddSingleton(provider => new PersistenceService(
            options,
            store,
            journaled,
            new PersistenceMetrics(metrics),
            openFolder,
            time,
            provider.GetRequiredService<ILogger<PersistenceService>>()));
        if (options.Lenient)
        {
            services.AddSingleton<LenientPushes>();
        }
        services.AddSingleton<PushResponder>();
        services.AddSingleton<PushEndpoints>();
        services.AddSingleton<QuarantineCache>();
        services.AddSingleton<ScrapeEndpoint>();
        services.AddSingleton<ApiEndpoints>();
        services.AddSingleton<GroupsEndpoints>();
        services.AddSingleton<PushHistory>();
        services.AddSingleton<StatsEndpoint>();
        services.AddSingleton<NoScriptPage>();
        services.AddSingleton<UiEndpoints>();
    }

    /// <summary>
    /// Loads the files of <c>--web.config.file</c> and <c>--access.config.file</c>, if given, and watches them.
    /// </summary>
    /// <returns>Null without a web config file.</returns>
    /// <exception cref="StartException">A file is invalid.</exception>
    public static WebConfigReloader? AddConfigFiles(
        this IServiceCollection services, GatewayOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        WebConfigReloader? webConfig = AddWebConfig(services, options, loggers, time);
        AccessReloader? access = AddAccess(services, options, loggers, webConfig);
        AddConfigWatch(services, webConfig, access, time);
        return webConfig;
    }

    /// <returns>Null without the flag.</returns>
    /// <exception cref="StartException">The file, or one that it names, is invalid.</exception>
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

    /// <summary>Polls the web config first: the access file names its users.</summary>
    private static void AddConfigWatch(
        IServiceCollection services, WebConfigReloader? webConfig, AccessReloader? access, TimeProvider time)
    {
        Action?[] polls = [webConfig is null ? null : webConfig.Poll, access is null ? null : access.Poll];
        if (polls.OfType<Action>().ToArray() is { Length: > 0 } given)
        {
            services.AddSingleton<IHostedService>(new ConfigFileWatcher(given, time));
        }
    }
}
