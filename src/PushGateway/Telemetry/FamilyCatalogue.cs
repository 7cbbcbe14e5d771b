using PushGateway.Core.Model;
using PushGateway.Core.Store;

namespace PushGateway.Telemetry;

/// <summary>
/// The declarations of the gateway's own families. Names, types and helps of those that the Go Pushgateway has too are
/// the Go one's to the letter: dashboards, alerts and the consistency check depend on them.
/// </summary>
/// <remarks>
/// A new pushgateway_* instrument is declared here and listed in <see cref="Reserved"/>. The dotnet_* families are not:
/// batch jobs push families of those names themselves, and ours must not get in their way.
/// </remarks>
public static class FamilyCatalogue
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

    /// <summary>All families whose names are taken, in no particular order.</summary>
    public static IReadOnlyList<ReservedFamily> Reserved { get; } =
    [
        HttpRequests,
        PushDuration,
        PushSize,
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

    private static ReservedFamily FromStart(string name, MetricType type, string help) =>
        new(new Utf8String(name), type, new Utf8String(help), CorrectsHelp: true);

    private static ReservedFamily FromFirstUse(string name, MetricType type, string help) =>
        new(new Utf8String(name), type, new Utf8String(help), CorrectsHelp: false);
}
