using System.Diagnostics.Metrics;
using PushGateway.Core.Model;
using PushGateway.Metrics.Process;

namespace PushGateway.Metrics;

/// <summary>
/// The gateway's own metric families as /metrics shows them: the instruments of one meter, the runtime's (dotnet_*) and
/// the process's (process_*).
/// </summary>
/// <remarks>
/// To add a family, create an instrument on the meter; nothing else has to know. Its name is the family's name, its
/// description the help. Counter and ObservableCounter become a counter; UpDownCounter, Gauge and their observable
/// forms a gauge; Histogram a summary with the quantiles 0.1, 0.5 and 0.9 over the last ten minutes. Tags become
/// labels. A series appears with its first measurement; one of an observable instrument only while its callback reports
/// it. Measurements made before this object is created are not seen.
/// </remarks>
public sealed class OwnMetrics : IDisposable
{
    private readonly Lock _collecting = new();
    private readonly MeterCollector _instruments;
    private readonly ProcessFamilies _process = new("/proc");

    public OwnMetrics(Meter meter, TimeProvider time) => _instruments = new MeterCollector(meter, time);

    /// <summary>
    /// The families that have metrics now, by name; the metrics of each by number of labels, then label values, as the
    /// Go registry sorts them. All orders are of UTF-8 bytes. The caller owns the result. Thread-safe.
    /// </summary>
    /// <remarks>
    /// Pushed families go first: whoever merges the two leaves out a family of ours when one of the same name was
    /// pushed and <see cref="OwnMetricDefinitions.Reserved"/> does not hold it.
    /// </remarks>
    public IReadOnlyList<MetricFamily> Collect()
    {
        var families = new List<MetricFamily>();
        lock (_collecting)
        {
            _instruments.AddTo(families);
            _process.AddTo(families);
        }

        foreach (MetricFamily family in families)
        {
            family.Metrics.Sort(CompareLabelValues);
        }

        families.Sort(static (left, right) => left.Name.CompareTo(right.Name));
        return families;
    }

    public void Dispose() => _instruments.Dispose();

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
