using PushGateway.Core.Persistence.Journal;

namespace PushGateway.CommandLine;

/// <summary>Every flag with its default. Immutable; the values are as given, checked only for their form.</summary>
internal sealed record GatewayOptions
{
    /// <summary>
    /// Where to listen, unparsed (see <see cref="ListenAddress"/>, and <c>unix:///path</c>): a wrong one is a failed start,
    /// not a wrong flag.
    /// The port is the one registered for the Pushgateway.
    /// </summary>
    public IReadOnlyList<string> ListenAddresses { get; init; } = [":9091"];

    /// <summary>Take the sockets systemd hands over instead of opening <see cref="ListenAddresses"/>.</summary>
    public bool UseSystemdSocket { get; init; }

    /// <summary>File with TLS and authentication settings; empty for plain HTTP open to everyone.</summary>
    public string WebConfigFile { get; init; } = "";

    /// <summary>File that says who may do what; empty where all who are let in may do everything.</summary>
    public string AccessConfigFile { get; init; } = "";

    /// <summary>Where Prometheus scrapes: its own default, so that no scrape configuration has to name it.</summary>
    public string TelemetryPath { get; init; } = "/metrics";

    /// <summary>The address users see, behind a reverse proxy; only its path has an effect.</summary>
    public ExternalUrl ExternalUrl { get; init; } = ExternalUrl.None;

    /// <summary>Empty to take the path of <see cref="ExternalUrl"/>. Routes use <see cref="RoutePrefix"/>.</summary>
    public string RoutePrefixFlag { get; init; } = "";

    /// <summary>Whether anyone who reaches the gateway may stop it; off, because that is rarely wanted.</summary>
    public bool EnableLifecycle { get; init; }

    /// <summary>Whether anyone who reaches the gateway may wipe it; off for the same reason.</summary>
    public bool EnableAdminApi { get; init; }

    /// <summary>Where pushed metrics outlive a restart; empty keeps them in memory only.</summary>
    public string PersistenceFile { get; init; } = "";

    /// <summary>Least time between writes of <see cref="PersistenceFile"/>: cheap even with a large store.</summary>
    public GoDuration PersistenceInterval { get; init; } = GoDuration.FromMinutes(5);

    /// <summary>Whether each change is on the disk before it is acknowledged: what is answered with 200 stays.</summary>
    public bool EnableJournal { get; init; } = true;

    /// <summary>When the journal is synced: always, since a crash of the machine is no reason to lose a push.</summary>
    public FsyncPolicy Fsync { get; init; } = FsyncPolicy.Always;

    /// <summary>A journal of this size is replaced by a snapshot at once, so that a restart takes seconds.</summary>
    public ByteSize JournalMaxSize { get; init; } = ByteSize.FromMebibytes(256);

    /// <summary>Accept pushes that would make a scrape fail. Off: the job that sends them should know.</summary>
    public bool DisableConsistencyCheck { get; init; }

    /// <summary>Leave out of scrapes what would make them fail. Off: a scrape that fails is noticed sooner.</summary>
    public bool QuarantineInconsistent { get; init; }

    /// <summary>Take what common clients get wrong. Off: it differs from what the Go Pushgateway takes.</summary>
    public bool Lenient { get; init; }

    /// <summary>202 for a push, as before the Go Pushgateway 0.10. Off: clients of today know 200.</summary>
    public bool LegacyAcceptedStatus { get; init; }

    /// <summary>Allow any text as a name. Off: old Prometheus servers refuse a scrape that has such names.</summary>
    public bool EnableUtf8Names { get; init; }

    /// <summary>As it is sent, and as it is decoded: a gzip body of some kilobytes can hold a gigabyte.</summary>
    public ByteSize MaxBodySize { get; init; } = ByteSize.FromMebibytes(64);

    /// <summary>A push of so many has more than the largest body.</summary>
    public CountLimit MaxSeries { get; init; } = new(1_000_000);

    /// <summary>Of one series. Ten are many.</summary>
    public CountLimit MaxLabels { get; init; } = new(256);

    /// <summary>Of a metric or label.</summary>
    public ByteSize MaxNameLength { get; init; } = new(16 << 10);

    /// <summary>Of a label. Prometheus keeps each value in memory.</summary>
    public ByteSize MaxValueLength { get; init; } = new(128 << 10);

    /// <summary>Any number, as before there was a limit.</summary>
    public CountLimit MaxStoredSeries { get; init; }

    /// <summary>Any number, as before there was a limit.</summary>
    public CountLimit MaxStoredGroups { get; init; }

    /// <summary>Each holds a body and a connection: more are better put off than all lost.</summary>
    public CountLimit MaxRequests { get; init; } = new(5000);

    /// <summary>Info tells of starts, stops and refused pushes, and is silent about every accepted push.</summary>
    public LogSeverity LogLevel { get; init; } = LogSeverity.Info;

    /// <summary>Logfmt, for eyes and grep; JSON is for log collectors.</summary>
    public LogFormat LogFormat { get; init; } = LogFormat.Logfmt;

    /// <summary>The prefix routes have in effect.</summary>
    public string RoutePrefix => CommandLine.RoutePrefix.From(RoutePrefixFlag, ExternalUrl);

    /// <summary>Name without dashes and value of every flag, ordered by name, as /api/v1/status shows them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ToFlagValues() =>
    [
        new("log.format", LogFormat.ToString().ToLowerInvariant()),
        new("log.level", LogLevel.ToString().ToLowerInvariant()),
        new("persistence.file", PersistenceFile),
        new("persistence.interval", PersistenceInterval.ToString()),
        new("push.disable-consistency-check", Text(DisableConsistencyCheck)),
        new("push.enable-utf8-names", Text(EnableUtf8Names)),
        new("web.config.file", WebConfigFile),
        new("web.enable-admin-api", Text(EnableAdminApi)),
        new("web.enable-lifecycle", Text(EnableLifecycle)),
        new("web.external-url", ExternalUrl.Text),
        new("web.listen-address", string.Join(',', ListenAddresses)),
        // Upstream: the prefix in effect is shown, not the one given.
        new("web.route-prefix", RoutePrefix),
        new("web.systemd-socket", Text(UseSystemdSocket)),
        new("web.telemetry-path", TelemetryPath),
    ];

    /// <summary>The same of the flags that the Go Pushgateway does not have, and does not show there.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ToOwnFlagValues() =>
    [
        new("access.config.file", AccessConfigFile),
        new("persistence.fsync", Fsync.ToString().ToLowerInvariant()),
        new("persistence.journal", Text(EnableJournal)),
        new("persistence.journal-max-size", JournalMaxSize.ToString()),
        new("push.legacy-accepted-status", Text(LegacyAcceptedStatus)),
        new("push.lenient", Text(Lenient)),
        new("push.max-body-size", MaxBodySize.ToString()),
        new("push.max-labels", MaxLabels.ToString()),
        new("push.max-name-length", MaxNameLength.ToString()),
        new("push.max-series", MaxSeries.ToString()),
        new("push.max-value-length", MaxValueLength.ToString()),
        new("push.quarantine-inconsistent", Text(QuarantineInconsistent)),
        new("store.max-groups", MaxStoredGroups.ToString()),
        new("store.max-series", MaxStoredSeries.ToString()),
        new("web.max-requests", MaxRequests.ToString()),
    ];

    /// <summary>The names of the flags whose values are not the defaults, in order.</summary>
    public IReadOnlyList<string> ChangedFlags()
    {
        var defaults = new GatewayOptions();
        IEnumerable<KeyValuePair<string, string>> changed = ToFlagValues().Except(defaults.ToFlagValues())
            .Where(flag => flag.Key != "web.route-prefix" || RoutePrefixFlag.Length > 0);
        return
        [
            .. changed.Concat(ToOwnFlagValues().Except(defaults.ToOwnFlagValues())).Select(flag => flag.Key)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string Text(bool value) => value ? "true" : "false";
}
