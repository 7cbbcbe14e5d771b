using PushGateway.Metrics;

namespace PushGateway.Durability.Postgres;

/// <summary>The state of a replica at a scrape.</summary>
internal readonly record struct ReplicaReading(
    ClusterView View, long AppliedRevision, TimeSpan Staleness, bool HoldsLease, int QueueLength);

/// <summary>Metrics about how a replica follows its cluster.</summary>
internal sealed class ReplicaMetrics(GatewayMetrics metrics)
{
    /// <summary>Updates the metrics from the reading at each scrape.</summary>
    public void Show(Func<ReplicaReading> read)
    {
        RecordConnectionErrors(0);
        metrics.BeforeCollect(() =>
        {
            ReplicaReading now = read();
            metrics.ClusterRevision.Single.Set(Math.Max(now.View.Revision, now.AppliedRevision));
            metrics.ClusterAppliedRevision.Single.Set(now.AppliedRevision);
            metrics.ClusterLag.Single.Set(now.AppliedRevision >= now.View.Revision ? 0 : now.View.Lag.TotalSeconds);
            metrics.ClusterStaleness.Single.Set(now.Staleness.TotalSeconds);
            metrics.ClusterLeaseHolder.Single.Set(now.HoldsLease ? 1 : 0);
            metrics.ClusterQueueLength.Single.Set(now.QueueLength);
        });
    }

    /// <param name="changes">The changes that were written in one transaction.</param>
    public void RecordBatch(int changes, TimeSpan took)
    {
        metrics.ClusterBatchSize.Single.Observe(changes);
        metrics.ClusterCommit.Single.Observe(took.TotalSeconds);
    }

    public void RecordConnectionError() => RecordConnectionErrors(1);

    private void RecordConnectionErrors(int more) => metrics.ClusterConnectionErrors.Single.Add(more);
}
