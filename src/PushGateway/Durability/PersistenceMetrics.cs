using System.Diagnostics.Metrics;
using PushGateway.Core.Store.Consistency;
using PushGateway.Metrics;

namespace PushGateway.Durability;

/// <summary>
/// The instruments that tell whether pushes are kept. They are on /metrics once they are to be shown; without
/// --persistence.file they never are.
/// </summary>
internal sealed class PersistenceMetrics(Meter meter)
{
    private readonly Histogram<double> _fsync = meter.CreateHistogram<double>(
        OwnMetricDefinitions.JournalFsync.Name.ToString(), description: OwnMetricDefinitions.JournalFsync.Help.ToString());

    /// <summary>Shows what the state is at each scrape.</summary>
    public void Show(Func<PersistenceState> state)
    {
        Gauge(OwnMetricDefinitions.LastSnapshotTime, () =>
            state().SnapshotAt is { } at ? at.ToUnixTimeMilliseconds() / 1000.0 : null);
        Gauge(OwnMetricDefinitions.LastSnapshotDuration, () =>
            state() is { SnapshotAt: not null } ended ? ended.SnapshotDuration.TotalSeconds : null);
        Counter(OwnMetricDefinitions.SnapshotFailures, () => state().SnapshotFailures);
        Gauge(OwnMetricDefinitions.RestoredGroups, () => state().RestoredGroups);
        if (!state().HasJournal)
        {
            return;
        }
        Gauge(OwnMetricDefinitions.JournalBytes, () => state().JournalBytes);
        Gauge(OwnMetricDefinitions.JournalRecords, () => state().JournalRecords);
        Counter(OwnMetricDefinitions.JournalFailures, () => state().JournalFailures);
        Gauge(OwnMetricDefinitions.RestoredRecords, () => state().RestoredRecords);
        Gauge(OwnMetricDefinitions.DiscardedRecords, () => state().DiscardedRecords);
    }

    public void RecordFsync(TimeSpan took) => _fsync.Record(took.TotalSeconds);

    /// <param name="value">Null while there is nothing to show.</param>
    private void Gauge(ReservedFamily family, Func<double?> value) => meter.CreateObservableGauge(
        family.Name.ToString(), () => Measure(value()), description: family.Help.ToString());

    private void Counter(ReservedFamily family, Func<double?> value) => meter.CreateObservableCounter(
        family.Name.ToString(), () => Measure(value()), description: family.Help.ToString());

    private static IEnumerable<Measurement<double>> Measure(double? value) =>
        value is { } measured ? [new Measurement<double>(measured)] : [];
}
