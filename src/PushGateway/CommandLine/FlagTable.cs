using PushGateway.Core.Exposition;
using PushGateway.Core.Persistence.Journal;

namespace PushGateway.CommandLine;

/// <summary>All flags: name, help, the property that holds the value and its default, and the parser.</summary>
internal static class FlagTable
{
    public static readonly Flag Help = Action("--help", "Print this help and exit.", shortName: "-h");
    public static readonly Flag HelpLong = Action("--help-long", "", isHidden: true);
    public static readonly Flag HelpMan = Action("--help-man", "", isHidden: true);
    public static readonly Flag Version = Action("--version", "Print version and build information and exit.");
    public static readonly Flag HealthCheck = Action(
        "--healthcheck",
        "Ask the gateway that runs with the other flags whether it is ready, and exit with 0 or 1.");

    /// <summary>In the order of --help.</summary>
    public static IReadOnlyList<Flag> All { get; } =
    [
        Help, HelpLong, HelpMan, Version, HealthCheck,
        new Flag<string[]>(
            "--web.listen-address",
            "Address to serve on, such as `:9091`, `127.0.0.1:9091`, `[::1]:9091` or"
            + " `unix:///run/pushgateway.sock`. Give the flag several times to serve on several addresses.",
            o => [.. o.ListenAddresses], (o, value) => o with { ListenAddresses = value }),
        new Flag<bool>(
            "--web.systemd-socket", "Serve on the sockets that systemd passes; the listen addresses are ignored.",
            o => o.UseSystemdSocket, (o, value) => o with { UseSystemdSocket = value }),
        new Flag<string>(
            "--web.config.file", "YAML file with TLS, client certificates, users, headers and a rate limit.",
            o => o.WebConfigFile, (o, value) => o with { WebConfigFile = value }),
        new Flag<string>(
            "--access.config.file", "YAML file with roles: who may push, delete, read and administer.",
            o => o.AccessConfigFile, (o, value) => o with { AccessConfigFile = value }),
        new Flag<string>(
            "--lifecycle.config.file",
            "YAML file with rules: how long groups live, how often jobs should push, and how many groups they may have.",
            o => o.LifecycleConfigFile, (o, value) => o with { LifecycleConfigFile = value }),
        new Flag<string>(
            "--web.telemetry-path", "Path that Prometheus scrapes.",
            o => o.TelemetryPath, (o, value) => o with { TelemetryPath = value }),
        new Flag<ExternalUrl>(
            "--web.external-url", "URL at which users reach this gateway, for example through a reverse proxy.",
            o => o.ExternalUrl, (o, value) => o with { ExternalUrl = value }, ExternalUrl.TryParse),
        new Flag<string>(
            "--web.route-prefix",
            "Prefix of all paths. If empty, it is the path of --web.external-url.",
            o => o.RoutePrefixFlag, (o, value) => o with { RoutePrefixFlag = value }),
        new Flag<OriginPattern>(
            "--web.cors.origin",
            "Regular expression for the whole origin of web pages that may push, such as `https?://(a|b)\\.example`."
            + " If empty, none may.",
            o => o.CorsOrigin, (o, value) => o with { CorsOrigin = value }, OriginPattern.TryParse),
        new Flag<bool>(
            "--web.enable-lifecycle", "Enable /-/quit, which stops the gateway.",
            o => o.EnableLifecycle, (o, value) => o with { EnableLifecycle = value }),
        new Flag<bool>(
            "--web.enable-admin-api", "Enable the admin API, which can delete all metrics.",
            o => o.EnableAdminApi, (o, value) => o with { EnableAdminApi = value }),
        new Flag<bool>(
            "--web.disable-process-metrics",
            "Omit the gateway's own process_* and dotnet_* metrics from scrapes.",
            o => o.DisableProcessMetrics, (o, value) => o with { DisableProcessMetrics = value }),
        new Flag<bool>(
            "--web.enable-openmetrics",
            "Answer scrapes that ask for OpenMetrics in that format, with exemplars, units and start times.",
            o => o.EnableOpenMetrics, (o, value) => o with { EnableOpenMetrics = value }),
        new Flag<NativeHistogramStyle>(
            "--web.native-histograms",
            "How text scrapes show histograms that only have native buckets: none (only +Inf), or classic buckets of the same bounds.",
            o => o.NativeHistograms, (o, value) => o with { NativeHistograms = value },
            OneOf<NativeHistogramStyle>("must be none or classic, not")),
        new Flag<string>(
            "--persistence.file",
            "File that preserves the pushed metrics across restarts. If empty, they are lost when the gateway exits.",
            o => o.PersistenceFile, (o, value) => o with { PersistenceFile = value }),
        new Flag<GoDuration>(
            "--persistence.interval", "Minimum time between two writes of the persistence file.",
            o => o.PersistenceInterval, (o, value) => o with { PersistenceInterval = value }, GoDuration.TryParse),
        new Flag<bool>(
            "--persistence.journal",
            "Write each push to a journal beside the persistence file before it is acknowledged.",
            o => o.EnableJournal, (o, value) => o with { EnableJournal = value }),
        new Flag<ByteSize>(
            "--persistence.journal-max-size",
            "Size of the journal at which the gateway writes the persistence file early, such as 64MB.",
            o => o.JournalMaxSize, (o, value) => o with { JournalMaxSize = value }, ByteSize.TryParse),
        new Flag<FsyncPolicy>(
            "--persistence.fsync",
            "When the journal is synced to the disk: always (before a push is acknowledged), interval (each second) or"
            + " never.",
            o => o.Fsync, (o, value) => o with { Fsync = value },
            OneOf<FsyncPolicy>("must be always, interval or never, not")),
        new Flag<Secret>(
            "--cluster.postgres",
            "Address of the PostgreSQL database through which several gateways share their groups, such as"
            + " `postgres://USER:PASSWORD@HOST/DATABASE`. If empty, PUSHGATEWAY_CLUSTER_POSTGRES is used.",
            o => o.ClusterPostgres, (o, value) => o with { ClusterPostgres = value }, Secret.TryParse),
        new Flag<string>(
            "--cluster.postgres-file", "File with the value of --cluster.postgres, which hides it from other users of the machine.",
            o => o.ClusterPostgresFile, (o, value) => o with { ClusterPostgresFile = value }),
        new Flag<ClusterName>(
            "--cluster.name", "Name of the cluster and of its schema in the database.",
            o => o.ClusterName, (o, value) => o with { ClusterName = value }, ClusterName.TryParse),
        new Flag<string>(
            "--cluster.replica", "Name of this replica. If empty, its host name and port.",
            o => o.ClusterReplica, (o, value) => o with { ClusterReplica = value }),
        new Flag<PrometheusDuration>(
            "--cluster.max-staleness",
            "How long a replica that has lost the database answers scrapes from memory.",
            o => o.MaxStaleness, (o, value) => o with { MaxStaleness = value }, PrometheusDuration.TryParse),
        new Flag<ClusterScrape>(
            "--cluster.scrape",
            "Which replicas show the pushed groups: all, or the one that holds the lease, so that Prometheus can scrape"
            + " every replica.",
            o => o.ClusterScrape, (o, value) => o with { ClusterScrape = value },
            OneOf<ClusterScrape>("must be all or lease, not")),
        new Flag<bool>(
            "--push.disable-consistency-check",
            "Accept pushes unchecked. DANGEROUS: one bad push can make every scrape fail.",
            o => o.DisableConsistencyCheck, (o, value) => o with { DisableConsistencyCheck = value }),
        new Flag<bool>(
            "--push.quarantine-inconsistent",
            "Omit groups that are inconsistent with others from scrapes, instead of failing every scrape.",
            o => o.QuarantineInconsistent, (o, value) => o with { QuarantineInconsistent = value }),
        new Flag<bool>(
            "--push.enable-utf8-names", "Allow any UTF-8 in names of metrics and labels.",
            o => o.EnableUtf8Names, (o, value) => o with { EnableUtf8Names = value }),
        new Flag<bool>(
            "--push.legacy-accepted-status",
            "Answer pushes with 202 instead of 200, for clients made for Pushgateways before 0.10.",
            o => o.LegacyAcceptedStatus, (o, value) => o with { LegacyAcceptedStatus = value }),
        new Flag<bool>(
            "--push.lenient",
            "Accept common mistakes of clients: CR LF, trailing blanks, byte order marks, a missing last newline, timestamps"
            + " (dropped), %2F as part of a value, and //metrics.",
            o => o.Lenient, (o, value) => o with { Lenient = value }),
        new Flag<PrometheusDuration>(
            "--push.ttl",
            "How long a group stays without a push, such as 15m or 1d12h; 0 for no limit. The push and the lifecycle file"
            + " override it.",
            o => o.TimeToLive, (o, value) => o with { TimeToLive = value }, PrometheusDuration.TryParse),
        // The name of the feature in forks of the Go Pushgateway.
        new Flag<PrometheusDuration>(
            "--metric.timetolive", "",
            o => o.TimeToLive, (o, value) => o with { TimeToLive = value }, PrometheusDuration.TryParse) { IsHidden = true },
        new Flag<string>(
            "--push.default-job",
            "Job of a POST to /metrics or /metrics/LABEL/VALUE…, which clients of prom-aggregation-gateway send. If empty, these"
            + " paths accept no push.",
            o => o.DefaultJob, (o, value) => o with { DefaultJob = value }),
        new Flag<KeyCount>(
            "--push.idempotency-keys",
            "Maximum values of the header Idempotency-Key to remember, each for 24 hours, so that a repeated push changes"
            + " nothing; 0 ignores the header.",
            o => o.IdempotencyKeys, (o, value) => o with { IdempotencyKeys = value }, KeyCount.TryParse),
        new Flag<ByteSize>(
            "--push.max-body-size", "Maximum size of a push's body, both compressed and decompressed.",
            o => o.MaxBodySize, (o, value) => o with { MaxBodySize = value }, ByteSize.TryParse),
        new Flag<CountLimit>(
            "--push.max-series", "Maximum series of one push; 0 for no limit.",
            o => o.MaxSeries, (o, value) => o with { MaxSeries = value }, CountLimit.TryParse),
        new Flag<CountLimit>(
            "--push.max-labels", "Maximum labels of one series, including those of its group; 0 for no limit.",
            o => o.MaxLabels, (o, value) => o with { MaxLabels = value }, CountLimit.TryParse),
        new Flag<ByteSize>(
            "--push.max-name-length", "Maximum length of a metric's or label's name, in bytes.",
            o => o.MaxNameLength, (o, value) => o with { MaxNameLength = value }, ByteSize.TryParse),
        new Flag<ByteSize>(
            "--push.max-value-length", "Maximum length of a label's value, in bytes.",
            o => o.MaxValueLength, (o, value) => o with { MaxValueLength = value }, ByteSize.TryParse),
        new Flag<CountLimit>(
            "--store.max-series", "Maximum stored series; a push that would exceed it is rejected. 0 for no limit.",
            o => o.MaxStoredSeries, (o, value) => o with { MaxStoredSeries = value }, CountLimit.TryParse),
        new Flag<CountLimit>(
            "--store.max-groups", "Maximum stored groups; a push that would exceed it is rejected. 0 for no limit.",
            o => o.MaxStoredGroups, (o, value) => o with { MaxStoredGroups = value }, CountLimit.TryParse),
        new Flag<CountLimit>(
            "--web.max-requests",
            "Maximum concurrent requests, excluding health checks and DELETE; excess requests get 503. 0 for no limit.",
            o => o.MaxRequests, (o, value) => o with { MaxRequests = value }, CountLimit.TryParse),
        // Upstream: accepts a level in upper case too, unlike a format.
        new Flag<LogSeverity>(
            "--log.level", "Minimum severity of log messages: debug, info, warn or error.",
            o => o.LogLevel, (o, value) => o with { LogLevel = value },
            OneOf<LogSeverity>("unrecognized log level", ignoresCase: true)),
        new Flag<LogFormat>(
            "--log.format", "Format of log lines: logfmt or json.",
            o => o.LogFormat, (o, value) => o with { LogFormat = value },
            OneOf<LogFormat>("unrecognized log format")),
    ];

    /// <summary>The settings that the Go Pushgateway has too, ordered by name.</summary>
    public static IReadOnlyList<Flag> UpstreamSettings { get; } =
    [
        .. from name in (string[])
           [
               "log.format", "log.level", "persistence.file", "persistence.interval", "push.disable-consistency-check",
               "push.enable-utf8-names", "web.config.file", "web.enable-admin-api", "web.enable-lifecycle",
               "web.external-url", "web.listen-address", "web.route-prefix", "web.systemd-socket", "web.telemetry-path",
           ]
           select All.Single(flag => flag.Name[2..] == name),
    ];

    /// <summary>The settings that only this gateway has, ordered by name.</summary>
    public static IReadOnlyList<Flag> OwnSettings { get; } =
        [.. All.Where(IsSetting).Except(UpstreamSettings).OrderBy(flag => flag.Name, StringComparer.Ordinal)];

    /// <summary>Whether the flag sets an option of the server, rather than select another action.</summary>
    public static bool IsSetting(Flag flag) => flag.Name.Contains('.') && !flag.IsHidden;

    private static Flag<bool> Action(string name, string help, string? shortName = null, bool isHidden = false) =>
        new(name, help, _ => false, (options, _) => options) { ShortName = shortName, IsHidden = isHidden };

    private static TryParseValue<T> OneOf<T>(string problem, bool ignoresCase = false) where T : struct, Enum =>
        (string text, out T value, out string? error) =>
        {
            string[] names = Array.ConvertAll(Enum.GetNames<T>(), name => name.ToLowerInvariant());
            int index = Array.IndexOf(names, ignoresCase ? text.ToLowerInvariant() : text);
            value = index < 0 ? default : Enum.GetValues<T>()[index];
            error = index < 0 ? $"{problem} {text}" : null;
            return index >= 0;
        };
}
