using PushGateway.Metrics;

namespace PushGateway.Durability;

/// <summary>Metrics about the durability of pushes. Without --persistence.file, they do not exist.</summary>
internal sealed class PersistenceMetrics(GatewayMetrics metrics)
{
    /// <summary>Updates the metrics from the state at each scrape.</summary>
    public void Show(Func<PersistenceState> state) => metrics.BeforeCollect(() => Update(state()));

    public void RecordFsync(TimeSpan took) => metrics.JournalFsync.Single.Observe(took.TotalSeconds);

    private void Update(PersistenceState state)
    {
        if (state.SnapshotAt is { } at)
        {
            metrics.LastSnapshotTime.Single.Set(at.ToUnixTimeMilliseconds() / 1000.0);
            metrics.LastSnapshotDuration.Single.Set(state.SnapshotDuration.TotalSeconds);
        }
        metrics.SnapshotFailures.Single.Set(state.SnapshotFailures);
        metrics.RestoredGroups.Single.Set(state.RestoredGroups);
        metrics.DamagedFiles.Single.Set(state.DamagedFiles);
        if (!state.HasJournal)
        {
            return;
        }
        metrics.JournalBytes.Single.Set(state.JournalBytes);
        metrics.JournalRecords.Single.Set(state.JournalRecords);
        metrics.JournalFailures.Single.Set(state.JournalFailures);
        metrics.RestoredRecords.Single.Set(state.RestoredRecords);
        metrics.DiscardedRecords.Single.Set(state.DiscardedRecords);
    }
}
