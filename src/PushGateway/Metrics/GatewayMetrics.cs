using System.Collections.Concurrent;
using PushGateway.CommandLine;
using PushGateway.Core.Store.Consistency;
using PushGateway.Metrics.Process;

namespace PushGateway.Metrics;

/// <summary>
/// The gateway's own metrics, except process_* (<see cref="ProcessFamilies"/>) and dotnet_*
/// (<see cref="RuntimeFamilies"/>). To add one, add a property and its row in the constructor.
/// </summary>
/// <remarks>
/// <para>Metrics that the Go Pushgateway has too have exactly its names, types and help texts, since dashboards, alerts and the
/// consistency check depend on them.</para>
/// <para>A series appears on /metrics with its first use. Label names are in alphabetical order.</para>
/// </remarks>
internal sealed class GatewayMetrics
{
    private readonly TimeProvider _time;
    private readonly List<IOwnFamily> _families = [];
    private readonly ConcurrentBag<Action> _updates = [];
    private readonly List<ReservedFamily> _reserved;

    public GatewayMetrics(GatewayOptions options, BuildInfo build, TimeProvider time)
    {
        _time = time;
        _reserved = [.. options.DisableProcessMetrics ? [] : ProcessFamilies.Reserved];
        HttpRequests = Counter(
            "pushgateway_http_requests_total",
            "Total HTTP requests processed by the Pushgateway, excluding scrapes.",
            Reservation.RequiresHelp,
            "code", "handler", "method");
        PushDuration = Summary(
            "pushgateway_http_push_duration_seconds",
            "HTTP request duration for pushes to the Pushgateway.",
            Reservation.RequiresHelp,
            "method");
        PushSize = Summary(
            "pushgateway_http_push_size_bytes",
            "HTTP request size for pushes to the Pushgateway.",
            Reservation.RequiresHelp,
            "method");
        Rejections = Counter(
            "pushgateway_requests_rejected_total",
            "Total requests rejected by a limit, by the access config file or for coming from another site, by the reason.",
            Reservation.RequiresHelp,
            "reason");
        EmptyPushes = Counter(
            "pushgateway_empty_pushes_total",
            "Total accepted pushes (PUT and POST) that had no sample.",
            Reservation.RequiresHelp);
        LenientPushes = Counter(
            "pushgateway_lenient_pushes_total",
            "Total pushes and deletions accepted because of --push.lenient, by what was lenient.",
            options.Lenient ? Reservation.CorrectsHelp : Reservation.None,
            "kind");
        OpenMetricsConversions = Counter(
            "pushgateway_openmetrics_conversions_total",
            "Total families, samples, exemplars and units that OpenMetrics scrapes converted or omitted, by reason.",
            options.EnableOpenMetrics ? Reservation.CorrectsHelp : Reservation.None,
            "reason");
        QuarantinedGroups = Gauge(
            "pushgateway_quarantined_groups",
            "Number of groups omitted from scrapes because they are inconsistent with others.",
            options.QuarantineInconsistent ? Reservation.CorrectsHelp : Reservation.None);

        LogLinesDropped = Counter(
            "pushgateway_log_lines_dropped_total",
            "Total lines of the log that were dropped, since they were not read or could not be written.",
            Reservation.CorrectsHelp);
        LogLinesDropped.Single.Set(0);

        ExpiredGroups = Counter(
            "pushgateway_groups_expired_total",
            "Total groups deleted after their time to live without a push.",
            options.TimeToLive.Value > TimeSpan.Zero || options.LifecycleConfigFile.Length > 0
                ? Reservation.CorrectsHelp
                : Reservation.None);

        IdempotencyKeys = Gauge(
            "pushgateway_idempotency_keys",
            "Number of idempotency keys of accepted pushes that are remembered.",
            Reservation.None);
        RepeatedPushes = Counter(
            "pushgateway_repeated_pushes_total",
            "Total pushes that changed nothing, since one with the same idempotency key was accepted before.",
            Reservation.None);
        EvictedIdempotencyKeys = Counter(
            "pushgateway_idempotency_keys_evicted_total",
            "Total idempotency keys that were forgotten before their 24 hours, to make room for others.",
            Reservation.None);

        Reservation persistence = options.PersistenceFile.Length > 0 ? Reservation.CorrectsHelp : Reservation.None;
        LastSnapshotTime = Gauge(
            "pushgateway_persistence_last_snapshot_timestamp_seconds",
            "Unix time when the persistence file was last written. It is not written while nothing changes.",
            persistence);
        LastSnapshotDuration = Gauge(
            "pushgateway_persistence_last_snapshot_duration_seconds",
            "Duration of the last write of the persistence file.",
            persistence);
        SnapshotFailures = Counter(
            "pushgateway_persistence_snapshot_failures_total",
            "Total attempts to write the persistence file that failed.",
            persistence);
        RestoredGroups = Gauge(
            "pushgateway_persistence_restored_groups",
            "Number of groups that the restore at the start gave.",
            persistence);
        DamagedFiles = Gauge(
            "pushgateway_persistence_damaged_files",
            "Number of files that the restore at the start could not use, or only in part, and preserved.",
            persistence);
        JournalBytes = Gauge(
            "pushgateway_journal_size_bytes",
            "Size of the journal's records that the persistence file does not hold yet.",
            persistence);
        JournalRecords = Gauge(
            "pushgateway_journal_records",
            "Number of the journal's records that the persistence file does not hold yet.",
            persistence);
        JournalFailures = Counter(
            "pushgateway_journal_failures_total",
            "Total times that the journal could not be written or synced. Pushes were rejected then.",
            persistence);
        JournalFsync = Summary(
            "pushgateway_journal_fsync_duration_seconds",
            "Duration of a sync of the journal to the disk, which pushes share.",
            persistence);
        RestoredRecords = Gauge(
            "pushgateway_journal_restored_records",
            "Number of the journal's records that the restore at the start applied.",
            persistence);
        DiscardedRecords = Gauge(
            "pushgateway_journal_discarded_records",
            "Number of the journal's records that the restore at the start could not apply.",
            persistence);

        Reservation cluster = options.IsReplica ? Reservation.CorrectsHelp : Reservation.None;
        ClusterRevision = Gauge(
            "pushgateway_cluster_revision",
            "Number of the last write of the cluster that this replica has heard of.",
            cluster);
        ClusterAppliedRevision = Gauge(
            "pushgateway_cluster_applied_revision",
            "Number of the last write of the cluster that this replica has applied.",
            cluster);
        ClusterLag = Gauge(
            "pushgateway_cluster_lag_seconds",
            "Age of the first write of the cluster that this replica has not applied; 0 if it has applied all.",
            cluster);
        ClusterStaleness = Gauge(
            "pushgateway_cluster_staleness_seconds",
            "How long ago this replica last had everything that the database has.",
            cluster);
        ClusterLeaseHolder = Gauge(
            "pushgateway_cluster_lease_holder",
            "Whether this replica holds the lease (1), by which it expires groups, or another one does (0).",
            cluster);
        ClusterQueueLength = Gauge(
            "pushgateway_cluster_queue_length",
            "Number of changes that wait to be written to the database.",
            cluster);
        ClusterBatchSize = Summary(
            "pushgateway_cluster_batch_changes",
            "Number of changes that were written to the database as one transaction.",
            cluster);
        ClusterCommit = Summary(
            "pushgateway_cluster_commit_duration_seconds",
            "Duration of a transaction in the database, including the wait for other replicas and the commit.",
            cluster);
        ClusterConnectionErrors = Counter(
            "pushgateway_cluster_connection_errors_total",
            "Total connections to the database that failed.",
            cluster);

        string[] platform = build.Platform.Split('/');
        Gauge(
            "pushgateway_build_info",
            "A metric with a constant '1' value labeled by version, revision, branch, goversion from which pushgateway " +
            "was built, and the goos and goarch for the build.",
            Reservation.CorrectsHelp,
            "branch", "goarch", "goos", "goversion", "revision", "tags", "version")
            .WithLabels(
            [
                build.Branch, platform[1], platform[0], $"dotnet{build.RuntimeVersion}", build.Revision, "unknown", build.Version,
            ])
            .Set(1);
    }

    /// <summary>The effect on a push with a family of the same name and type.</summary>
    private enum Reservation
    {
        /// <summary>The push is accepted, even with another type, since the gateway does not use the name.</summary>
        None,

        /// <summary>The push is rejected if its help differs. Upstream: for families exposed from their first use.</summary>
        RequiresHelp,

        /// <summary>The push is stored with the gateway's help. Upstream: for families exposed from the start.</summary>
        CorrectsHelp,
    }

    /// <summary>The families whose names pushes must respect under the given options, used or not.</summary>
    public IReadOnlyList<ReservedFamily> Reserved => _reserved;

    public OwnFamily<Counter> HttpRequests { get; }

    /// <summary>Seconds.</summary>
    public OwnFamily<SummarySeries> PushDuration { get; }

    /// <summary>Bytes, see <see cref="RequestSize"/>.</summary>
    public OwnFamily<SummarySeries> PushSize { get; }

    public OwnFamily<Counter> Rejections { get; }

    public OwnFamily<Counter> EmptyPushes { get; }

    public OwnFamily<Counter> LenientPushes { get; }

    public OwnFamily<Counter> OpenMetricsConversions { get; }

    public OwnFamily<Gauge> QuarantinedGroups { get; }

    public OwnFamily<Counter> LogLinesDropped { get; }

    public OwnFamily<Counter> ExpiredGroups { get; }

    public OwnFamily<Gauge> IdempotencyKeys { get; }

    public OwnFamily<Counter> RepeatedPushes { get; }

    public OwnFamily<Counter> EvictedIdempotencyKeys { get; }

    public OwnFamily<Gauge> LastSnapshotTime { get; }

    public OwnFamily<Gauge> LastSnapshotDuration { get; }

    public OwnFamily<Counter> SnapshotFailures { get; }

    public OwnFamily<Gauge> RestoredGroups { get; }

    public OwnFamily<Gauge> JournalBytes { get; }

    public OwnFamily<Gauge> JournalRecords { get; }

    public OwnFamily<Counter> JournalFailures { get; }

    public OwnFamily<SummarySeries> JournalFsync { get; }

    public OwnFamily<Gauge> RestoredRecords { get; }

    public OwnFamily<Gauge> DiscardedRecords { get; }

    public OwnFamily<Gauge> DamagedFiles { get; }

    public OwnFamily<Gauge> ClusterRevision { get; }

    public OwnFamily<Gauge> ClusterAppliedRevision { get; }

    public OwnFamily<Gauge> ClusterLag { get; }

    public OwnFamily<Gauge> ClusterStaleness { get; }

    public OwnFamily<Gauge> ClusterLeaseHolder { get; }

    public OwnFamily<Gauge> ClusterQueueLength { get; }

    public OwnFamily<SummarySeries> ClusterBatchSize { get; }

    public OwnFamily<SummarySeries> ClusterCommit { get; }

    public OwnFamily<Counter> ClusterConnectionErrors { get; }

    /// <summary>Registers a callback that updates metrics before each scrape.</summary>
    public void BeforeCollect(Action update) => _updates.Add(update);

    /// <summary>Updates the number of dropped log lines at each scrape.</summary>
    public void ShowDroppedLogLines(Func<long> lines) => BeforeCollect(() => LogLinesDropped.Single.Set(lines()));

    /// <summary>Updates the metrics of idempotency keys at each scrape, from the first key on.</summary>
    public void ShowIdempotencyKeys(Func<IdempotencyStatistics> count)
    {
        bool isUsed = false;
        BeforeCollect(() =>
        {
            IdempotencyStatistics keys = count();
            isUsed |= keys.Keys > 0;
            if (isUsed)
            {
                IdempotencyKeys.Single.Set(keys.Keys);
                RepeatedPushes.Single.Set(keys.Repeats);
                EvictedIdempotencyKeys.Single.Set(keys.Evictions);
            }
        });
    }

    /// <summary>Appends the families that have metrics, in no particular order. Not thread-safe.</summary>
    public void AddTo(List<MetricFamily> families)
    {
        foreach (Action update in _updates)
        {
            try
            {
                update();
            }
            catch (Exception)
            {
                // A scrape of all pushed metrics must not fail because of one of our own.
            }
        }
        families.AddRange(_families.Select(family => family.Read()).OfType<MetricFamily>());
    }

    private OwnFamily<Counter> Counter(string name, string help, Reservation reservation, params string[] labels) =>
        Add(name, MetricType.Counter, help, reservation, labels, () => new Counter(_time));

    private OwnFamily<Gauge> Gauge(string name, string help, Reservation reservation, params string[] labels) =>
        Add(name, MetricType.Gauge, help, reservation, labels, () => new Gauge());

    private OwnFamily<SummarySeries> Summary(string name, string help, Reservation reservation, params string[] labels) =>
        Add(name, MetricType.Summary, help, reservation, labels, () => new SummarySeries(_time));

    private OwnFamily<T> Add<T>(
        string name, MetricType type, string help, Reservation reservation, string[] labels, Func<T> create)
        where T : Series
    {
        if (reservation != Reservation.None)
        {
            _reserved.Add(new ReservedFamily(
                new Utf8String(name), type, new Utf8String(help), reservation == Reservation.CorrectsHelp));
        }
        var family = new OwnFamily<T>(name, type, help, labels, create);
        _families.Add(family);
        return family;
    }
}
