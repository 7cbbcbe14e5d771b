using PushGateway.CommandLine;
using PushGateway.Core.Model;
using PushGateway.Core.Store.Consistency;

namespace PushGateway.Metrics;

/// <summary>
/// The declarations of the gateway's own families. Names, types and helps of those that the Go Pushgateway has too are
/// the Go one's to the letter: dashboards, alerts and the consistency check depend on them.
/// </summary>
/// <remarks>
/// A new pushgateway_* instrument is declared here and listed in <see cref="Reserved"/>, or where
/// <see cref="ReservedWith"/> takes it from. The dotnet_* families are not:
/// batch jobs push families of those names themselves, and ours must not get in their way.
/// </remarks>
public static class OwnMetricDefinitions
{
    internal static readonly ReservedFamily HttpRequests = FromFirstUse(
        "pushgateway_http_requests_total",
        MetricType.Counter,
        "Total HTTP requests processed by the Pushgateway, excluding scrapes.");

    internal static readonly ReservedFamily PushDuration = FromFirstUse(
        "pushgateway_http_push_duration_seconds",
        MetricType.Summary,
        "HTTP request duration for pushes to the Pushgateway.");

    internal static readonly ReservedFamily PushSize = FromFirstUse(
        "pushgateway_http_push_size_bytes",
        MetricType.Summary,
        "HTTP request size for pushes to the Pushgateway.");

    internal static readonly ReservedFamily LimitRejections = FromFirstUse(
        "pushgateway_limit_refusals_total",
        MetricType.Counter,
        "Total requests refused for being beyond a limit, by the limit.");

    internal static readonly ReservedFamily CrossSite = FromFirstUse(
        "pushgateway_cross_site_refusals_total",
        MetricType.Counter,
        "Total requests refused because a web page of another site made them.");

    internal static readonly ReservedFamily AccessRefusals = FromStart(
        "pushgateway_access_refusals_total",
        MetricType.Counter,
        "Total requests that the access config file did not permit, by the reason.");

    internal static readonly ReservedFamily LenientUses = FromStart(
        "pushgateway_lenient_uses_total",
        MetricType.Counter,
        "Total pushes and deletions that were taken as they were meant since the gateway is lenient, by the kind.");

    internal static readonly ReservedFamily BuildInfo = FromStart(
        "pushgateway_build_info",
        MetricType.Gauge,
        "A metric with a constant '1' value labeled by version, revision, branch, goversion from which pushgateway " +
        "was built, and the goos and goarch for the build.");

    internal static readonly ReservedFamily ProcessCpuSeconds = FromStart(
        "process_cpu_seconds_total",
        MetricType.Counter,
        "Total user and system CPU time spent in seconds.");

    internal static readonly ReservedFamily ProcessMaxFds = FromStart(
        "process_max_fds",
        MetricType.Gauge,
        "Maximum number of open file descriptors.");

    internal static readonly ReservedFamily ProcessNetworkReceiveBytes = FromStart(
        "process_network_receive_bytes_total",
        MetricType.Counter,
        "Number of bytes received by the process over the network.");

    internal static readonly ReservedFamily ProcessNetworkTransmitBytes = FromStart(
        "process_network_transmit_bytes_total",
        MetricType.Counter,
        "Number of bytes sent by the process over the network.");

    internal static readonly ReservedFamily ProcessOpenFds = FromStart(
        "process_open_fds",
        MetricType.Gauge,
        "Number of open file descriptors.");

    internal static readonly ReservedFamily ProcessResidentMemory = FromStart(
        "process_resident_memory_bytes",
        MetricType.Gauge,
        "Resident memory size in bytes.");

    internal static readonly ReservedFamily ProcessStartTime = FromStart(
        "process_start_time_seconds",
        MetricType.Gauge,
        "Start time of the process since unix epoch in seconds.");

    internal static readonly ReservedFamily ProcessVirtualMemory = FromStart(
        "process_virtual_memory_bytes",
        MetricType.Gauge,
        "Virtual memory size in bytes.");

    internal static readonly ReservedFamily ProcessVirtualMemoryMax = FromStart(
        "process_virtual_memory_max_bytes",
        MetricType.Gauge,
        "Maximum amount of virtual memory available in bytes.");

    internal static readonly ReservedFamily QuarantinedGroups = FromStart(
        "pushgateway_quarantined_groups",
        MetricType.Gauge,
        "Number of groups that are left out of scrapes, since they do not fit with the others.");

    internal static readonly ReservedFamily LastSnapshotTime = FromStart(
        "pushgateway_persistence_last_snapshot_timestamp_seconds",
        MetricType.Gauge,
        "Unix time when the persistence file was last written. It is not written while nothing changes.");

    internal static readonly ReservedFamily LastSnapshotDuration = FromStart(
        "pushgateway_persistence_last_snapshot_duration_seconds",
        MetricType.Gauge,
        "How long it took to write the persistence file the last time.");

    internal static readonly ReservedFamily SnapshotFailures = FromStart(
        "pushgateway_persistence_snapshot_failures_total",
        MetricType.Counter,
        "Total attempts to write the persistence file that failed.");

    internal static readonly ReservedFamily RestoredGroups = FromStart(
        "pushgateway_persistence_restored_groups",
        MetricType.Gauge,
        "Number of groups that the restore at the start gave.");

    internal static readonly ReservedFamily JournalBytes = FromStart(
        "pushgateway_journal_size_bytes",
        MetricType.Gauge,
        "Size of the journal's records that the persistence file does not hold yet.");

    internal static readonly ReservedFamily JournalRecords = FromStart(
        "pushgateway_journal_records",
        MetricType.Gauge,
        "Number of the journal's records that the persistence file does not hold yet.");

    internal static readonly ReservedFamily JournalFailures = FromStart(
        "pushgateway_journal_failures_total",
        MetricType.Counter,
        "Total times that the journal could not be written or synced. Pushes were refused then.");

    internal static readonly ReservedFamily JournalFsync = FromStart(
        "pushgateway_journal_fsync_duration_seconds",
        MetricType.Summary,
        "Time it took to sync the journal to the disk. Pushes share a sync.");

    internal static readonly ReservedFamily RestoredRecords = FromStart(
        "pushgateway_journal_restored_records",
        MetricType.Gauge,
        "Number of the journal's records that the restore at the start applied.");

    internal static readonly ReservedFamily DiscardedRecords = FromStart(
        "pushgateway_journal_discarded_records",
        MetricType.Gauge,
        "Number of the journal's records that the restore at the start could not apply.");

    /// <summary>The families whose names are always taken, in no particular order.</summary>
    public static IReadOnlyList<ReservedFamily> Reserved { get; } =
    [
        HttpRequests,
        PushDuration,
        PushSize,
        LimitRejections,
        CrossSite,
        BuildInfo,
        ProcessCpuSeconds,
        ProcessMaxFds,
        ProcessNetworkReceiveBytes,
        ProcessNetworkTransmitBytes,
        ProcessOpenFds,
        ProcessResidentMemory,
        ProcessStartTime,
        ProcessVirtualMemory,
        ProcessVirtualMemoryMax,
    ];

    /// <summary>Those whose names are taken too when there is a persistence file.</summary>
    internal static IReadOnlyList<ReservedFamily> Persistence { get; } =
    [
        LastSnapshotTime,
        LastSnapshotDuration,
        SnapshotFailures,
        RestoredGroups,
        JournalBytes,
        JournalRecords,
        JournalFailures,
        JournalFsync,
        RestoredRecords,
        DiscardedRecords,
    ];

    /// <summary>All that are taken with the given flags.</summary>
    internal static IReadOnlyList<ReservedFamily> ReservedWith(GatewayOptions options) =>
    [
        .. Reserved,
        .. options.PersistenceFile.Length > 0 ? Persistence : [],
        .. options.QuarantineInconsistent ? [QuarantinedGroups] : Array.Empty<ReservedFamily>(),
        .. options.Lenient ? [LenientUses] : Array.Empty<ReservedFamily>(),
        .. options.AccessConfigFile.Length > 0 ? [AccessRefusals] : Array.Empty<ReservedFamily>(),
    ];

    private static ReservedFamily FromStart(string name, MetricType type, string help) =>
        new(new Utf8String(name), type, new Utf8String(help), CorrectsHelp: true);

    private static ReservedFamily FromFirstUse(string name, MetricType type, string help) =>
        new(new Utf8String(name), type, new Utf8String(help), CorrectsHelp: false);
}
