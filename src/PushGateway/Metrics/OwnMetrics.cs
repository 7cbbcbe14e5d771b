using PushGateway.CommandLine;
using PushGateway.Metrics.Process;

namespace PushGateway.Metrics;

/// <summary>The gateway's own metric families on /metrics: pushgateway_*, process_* and dotnet_*.</summary>
internal sealed class OwnMetrics : IDisposable
{
    private readonly Lock _collecting = new();
    private readonly GatewayMetrics _metrics;

    /// <summary>Null with <c>--web.disable-process-metrics</c>.</summary>
    private readonly RuntimeFamilies? _runtime;

    /// <inheritdoc cref="_runtime"/>
    private readonly ProcessFamilies? _process;

    public OwnMetrics(GatewayMetrics metrics, GatewayOptions options, TimeProvider time)
    {
        _metrics = metrics;
        if (!options.DisableProcessMetrics)
        {
            _runtime = new RuntimeFamilies(time);
            _process = new ProcessFamilies("/proc");
        }
    }

    /// <summary>
    /// The families that currently have metrics, by name. Like the Go registry, sorts the metrics of each by number of labels, then
    /// by label values. All orders are of UTF-8 bytes. The caller owns the result. Thread-safe.
    /// </summary>
    /// <remarks>
    /// When the caller merges them with pushed families, it must omit one of ours if the same name was pushed and
    /// <see cref="GatewayMetrics.Reserved"/> does not contain it.
    /// </remarks>
    public IReadOnlyList<MetricFamily> Collect()
    {
        var families = new List<MetricFamily>();
        lock (_collecting)
        {
            _metrics.AddTo(families);
            _runtime?.AddTo(families);
            _process?.AddTo(families);
        }

        foreach (MetricFamily family in families)
        {
            family.Metrics.Sort(CompareLabelValues);
        }

        families.Sort(static (left, right) => left.Name.CompareTo(right.Name));
        return families;
    }

    public void Dispose() => _runtime?.Dispose();

    private static int CompareLabelValues(Metric left, Metric right)
    {
        int order = left.Labels.Length.CompareTo(right.Labels.Length);
        for (int i = 0; order == 0 && i < left.Labels.Length; i++)
        {
            order = left.Labels[i].Value.CompareTo(right.Labels[i].Value);
        }

        return order;
    }
}
