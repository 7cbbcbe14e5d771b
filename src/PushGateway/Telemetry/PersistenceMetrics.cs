using System.Diagnostics.Metrics;
using PushGateway.Core.Store;
using PushGateway.Persistence;

namespace PushGateway.Telemetry;

/// <summary>
/// The instruments that tell whether pushes are kept. They are on /metrics once they are to be shown; without
/// --persistence.file they never are.
/// </summary>
internal sealed class PersistenceMetrics(Meter meter)
{
    private readonly Histogram<double> _fsync = meter.CreateHistogram<double>(
        FamilyCatalogue.JournalFsync.Name.ToString(), description: FamilyCatalogue.JournalFsync.Help.ToString());

    /// <summary>Shows what the state is at each scrape.</summary>
    public void Show(Func<PersistenceState> state)
    {
        Gauge(FamilyCatalogue.LastSnapshotTime, () =>
            state().SnapshotAt is { } at ? at.ToUnixTimeMilliseconds() / 1000.0 : null);
        Gauge(FamilyCatalogue.LastSnapshotDuration, () =>
            state() is { SnapshotAt: not null } ended ? ended.SnapshotDuration.TotalSeconds : null);
        Counter(FamilyCatalogue.SnapshotFailures, () => state().SnapshotFailures);
        Gauge(FamilyCatalogue.RestoredGroups, () => state().RestoredGroups);
        if (!state().HasJournal)
        {
            return;
        }
        Gauge(FamilyCatalogue.JournalBytes, () => state().JournalBytes);
        Gauge(FamilyCatalogue.JournalRecords, () => state().JournalRecords);
        Counter(FamilyCatalogue.JournalFailures, () => state().JournalFailures);
        Gauge(FamilyCatalogue.RestoredRecords, () => state().RestoredRecords);
        Gauge(FamilyCatalogue.DiscardedRecords, () => state().DiscardedRecords);
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
