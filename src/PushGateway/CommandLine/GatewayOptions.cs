using PushGateway.Core.Exposition;
using PushGateway.Core.Persistence.Journal;

namespace PushGateway.CommandLine;

/// <summary>
/// The value of each flag of <see cref="FlagTable"/>. The initializers are the defaults. Only the form of the values has been
/// checked.
/// </summary>
internal sealed record GatewayOptions
{
    private const string RoutePrefixName = "--web.route-prefix";

    /// <summary>
    /// Where to listen, unparsed (see <see cref="ListenAddress"/>, and <c>unix:///path</c>). An invalid address fails the start,
    /// not the parser. The default port is the one registered for the Pushgateway.
    /// </summary>
    public IReadOnlyList<string> ListenAddresses { get; init; } = [":9091"];

    /// <summary>Use the sockets that systemd passes instead of opening <see cref="ListenAddresses"/>.</summary>
    public bool UseSystemdSocket { get; init; }

    /// <summary>File with TLS and authentication settings; empty for plain HTTP open to everyone.</summary>
    public string WebConfigFile { get; init; } = "";

    /// <summary>File with roles; empty if every authenticated client may do everything.</summary>
    public string AccessConfigFile { get; init; } = "";

    /// <summary>
    /// Path that Prometheus scrapes. The default is Prometheus's default, so that scrape configurations need not set it.
    /// </summary>
    public string TelemetryPath { get; init; } = "/metrics";

    /// <summary>URL that users see behind a reverse proxy. Only its path has an effect.</summary>
    public ExternalUrl ExternalUrl { get; init; } = ExternalUrl.None;

    /// <summary>
    /// The flag as given; empty for the path of <see cref="ExternalUrl"/>. Routes use <see cref="RoutePrefix"/>.
    /// </summary>
    public string RoutePrefixFlag { get; init; } = "";

    /// <summary>The origins of web pages that may push. None by default, since any page that a user visits could otherwise push.</summary>
    public OriginPattern CorsOrigin { get; init; } = OriginPattern.None;

    /// <summary>Whether /-/quit stops the gateway. Off by default, since few deployments want every client to stop it.</summary>
    public bool EnableLifecycle { get; init; }

    /// <summary>Whether the admin API can delete everything. Off by default, for the same reason.</summary>
    public bool EnableAdminApi { get; init; }

    /// <summary>Omit process_* and dotnet_* from scrapes. Off by default, since alerts and dashboards use them.</summary>
    public bool DisableProcessMetrics { get; init; }

    /// <summary>Whether scrapes may be OpenMetrics. Off by default: Prometheus would always request it, and types and le labels would
    /// change.</summary>
    public bool EnableOpenMetrics { get; init; }

    /// <summary>How text shows native histograms. The default is the form of the Go Pushgateway.</summary>
    public NativeHistogramStyle NativeHistograms { get; init; }

    /// <summary>File that preserves pushed metrics across restarts; empty for memory only.</summary>
    public string PersistenceFile { get; init; } = "";

    /// <summary>
    /// Minimum time between writes of <see cref="PersistenceFile"/>. The default is cheap even with a large store.
    /// </summary>
    public GoDuration PersistenceInterval { get; init; } = GoDuration.FromMinutes(5);

    /// <summary>How long a group stays without a push, unless its push or a rule specifies it; 0 for no limit.</summary>
    public PrometheusDuration TimeToLive { get; init; }

    /// <summary>File with lifecycle rules for groups; empty for none.</summary>
    public string LifecycleConfigFile { get; init; } = "";

    /// <summary>Whether each change is durable before it is acknowledged.</summary>
    public bool EnableJournal { get; init; } = true;

    /// <summary>When the journal is synced. With the default, a crash of the machine loses no acknowledged push.</summary>
    public FsyncPolicy Fsync { get; init; } = FsyncPolicy.Always;

    /// <summary>Journal size that triggers a snapshot, so that a restart takes seconds.</summary>
    public ByteSize JournalMaxSize { get; init; } = ByteSize.FromMebibytes(256);

    /// <summary>Address of the database that several gateways share; empty for a standalone gateway.</summary>
    public Secret ClusterPostgres { get; init; }

    /// <summary>File with that address; empty for none.</summary>
    public string ClusterPostgresFile { get; init; } = "";

    /// <summary>Several clusters can share a database.</summary>
    public ClusterName ClusterName { get; init; } = ClusterName.Default;

    /// <summary>Name of this replica; empty for host name and port.</summary>
    public string ClusterReplica { get; init; } = "";

    /// <summary>After this time, the gateway rejects scrapes rather than return old values. Longer than most failovers take.</summary>
    public PrometheusDuration MaxStaleness { get; init; } = new(TimeSpan.FromMinutes(1));

    /// <summary>Which replicas show pushed groups. All by default, since most setups scrape through one address.</summary>
    public ClusterScrape ClusterScrape { get; init; } = ClusterScrape.All;

    /// <summary>Accept pushes that would make a scrape fail. Off by default, so that the client sees the error.</summary>
    public bool DisableConsistencyCheck { get; init; }

    /// <summary>Omit inconsistent groups from scrapes. Off by default, since a failing scrape is noticed sooner.</summary>
    public bool QuarantineInconsistent { get; init; }

    /// <summary>Accept what common clients get wrong. Off by default, since the Go Pushgateway rejects it.</summary>
    public bool Lenient { get; init; }

    /// <summary>
    /// Answer pushes with 202, like the Go Pushgateway before 0.10. Off by default, since current clients expect 200.
    /// </summary>
    public bool LegacyAcceptedStatus { get; init; }

    /// <summary>Accept any UTF-8 text as a name. Off by default, since old Prometheus servers reject scrapes with such names.</summary>
    public bool EnableUtf8Names { get; init; }

    /// <summary>The job of a POST to /metrics{/LABEL/VALUE}; empty if these paths are 404, as in the Go Pushgateway.</summary>
    public string DefaultJob { get; init; } = "";

    /// <summary>Maximum idempotency keys, with up to 200 bytes of memory each. No memory is used before a client sends one.</summary>
    public KeyCount IdempotencyKeys { get; init; } = new(GroupStore.DefaultMaxIdempotencyKeys);

    /// <summary>Limit of a body both as sent and as decoded, since a few kilobytes of gzip can contain a gigabyte.</summary>
    public ByteSize MaxBodySize { get; init; } = ByteSize.FromMebibytes(64);

    /// <summary>Series of one push. The default is more than fits into the default <see cref="MaxBodySize"/>.</summary>
    public CountLimit MaxSeries { get; init; } = new(1_000_000);

    /// <summary>Labels of one series. Real series rarely have more than ten.</summary>
    public CountLimit MaxLabels { get; init; } = new(256);

    /// <summary>Length of the name of a metric or label.</summary>
    public ByteSize MaxNameLength { get; init; } = new(16 << 10);

    /// <summary>Length of the value of a label. Prometheus holds each value in memory.</summary>
    public ByteSize MaxValueLength { get; init; } = new(128 << 10);

    /// <summary>Series in the store; unlimited by default.</summary>
    public CountLimit MaxStoredSeries { get; init; }

    /// <summary>Groups in the store; unlimited by default.</summary>
    public CountLimit MaxStoredGroups { get; init; }

    /// <summary>Concurrent requests, each with a body and a connection in memory. Excess requests get 503.</summary>
    public CountLimit MaxRequests { get; init; } = new(5000);

    /// <summary>The default logs starts, stops and rejected pushes, but no accepted pushes.</summary>
    public LogSeverity LogLevel { get; init; } = LogSeverity.Info;

    /// <summary>Logfmt for people and grep, JSON for log collectors.</summary>
    public LogFormat LogFormat { get; init; } = LogFormat.Logfmt;

    /// <summary>Whether the gateway is a replica of a cluster.</summary>
    public bool IsReplica => !ClusterPostgres.IsEmpty;

    /// <summary>The effective prefix of all routes.</summary>
    public string RoutePrefix => CommandLine.RoutePrefix.From(RoutePrefixFlag, ExternalUrl);

    /// <summary>
    /// Name without dashes and value of each flag of the Go Pushgateway, ordered by name, for /api/v1/status.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> ToFlagValues() => [.. FlagTable.UpstreamSettings.Select(Show)];

    /// <summary>Name without dashes and value of each flag that only this gateway has, ordered by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ToOwnFlagValues() => [.. FlagTable.OwnSettings.Select(Show)];

    /// <summary>What each flag does, by its name.</summary>
    public static Dictionary<string, string> FlagHelp() =>
        FlagTable.All.Where(FlagTable.IsSetting).ToDictionary(flag => flag.Name[2..], flag => flag.Help);

    /// <summary>The names of the flags whose values differ from the defaults, in order.</summary>
    public IReadOnlyList<string> ChangedFlags()
    {
        var defaults = new GatewayOptions();
        return
        [
            .. FlagTable.All.Where(FlagTable.IsSetting)
                .Where(flag => !Show(flag).Equals(defaults.Show(flag)))
                .Where(flag => flag.Name != RoutePrefixName || RoutePrefixFlag.Length > 0)
                .Select(flag => flag.Name[2..])
                .Order(StringComparer.Ordinal),
        ];
    }

    // Upstream: shows the effective prefix, not the given one.
    private KeyValuePair<string, string> Show(Flag flag) =>
        new(flag.Name[2..], flag.Name == RoutePrefixName ? RoutePrefix : flag.Format(this));
}
