using PushGateway.Core.Query.Groups;
using PushGateway.Durability;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Lifecycle;

/// <summary>Deletes the groups that had no push for their time to live, as durably as any deletion.</summary>
internal sealed class ExpiryService(
    GroupLifecycle lifecycle,
    GroupStore store,
    IDurableStore durable,
    IStoreService service,
    GatewayMetrics metrics,
    TimeProvider time,
    ILogger<ExpiryService> logger) : BackgroundService
{
    /// <summary>
    /// The maximum groups that are checked together. Sorted by key, they are close together in the store, which then copies less.
    /// </summary>
    private const int PortionGroups = 10_000;

    /// <summary>
    /// The maximum groups that are deleted as one change. Meanwhile, pushes wait for the store's lock.
    /// </summary>
    private const int BatchGroups = 500;

    /// <summary>The maximum series of these groups, unless a single group has more.</summary>
    private const int BatchSeries = 10_000;

    private const int MaxLoggedGroups = 3;

    /// <summary>How often to read the wall clock while a group will expire, since it may be set.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Nanoseconds since 1970.</summary>
    private long _lookedAt;

    /// <summary>Deletes the groups that have expired.</summary>
    /// <returns>Completes when all are deleted, or if the store cannot delete them now, which requires a retry.</returns>
    public async Task ExpireDueAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await ExpireAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    private async Task ExpireAsync()
    {
        long now = time.GetUnixNanoseconds();
        if (now < _lookedAt)
        {
            lifecycle.ScheduleAll(store.Snapshot);
        }
        _lookedAt = now;
        int expired = 0;
        var examples = new List<GroupingKey>();
        var left = new List<MetricGroup>();
        while (lifecycle.Expiries.TakeDue(now, PortionGroups) is { Count: > 0 } due)
        {
            foreach (List<MetricGroup> batch in InBatches(FindExpired(due, now)))
            {
                (Outcome outcome, IReadOnlyList<MetricGroup> deleted) = await durable.DeleteUnchangedAsync(batch);
                deleted = outcome is Outcome.Accepted ? deleted : [];
                expired += deleted.Count;
                examples.AddRange(deleted.Take(MaxLoggedGroups - examples.Count).Select(group => group.Key));
                left.AddRange(deleted.Count == batch.Count ? [] : batch);

                // Lets pushes that wait for the store's lock go first.
                await Task.Yield();
            }
        }

        // Groups that changed in the meantime, or whose deletion the journal rejected, are still in the store.
        foreach (MetricGroup group in left)
        {
            if (store.Snapshot.Find(group.Key) is { } present)
            {
                lifecycle.Schedule(present);
            }
        }
        if (expired > 0)
        {
            metrics.ExpiredGroups.Single.Add(expired);
            logger.GroupsExpired(expired, string.Join(' ', examples));
        }
    }

    private static IEnumerable<List<MetricGroup>> InBatches(List<MetricGroup> groups)
    {
        var batch = new List<MetricGroup>();
        long batchSeries = 0;
        foreach (MetricGroup group in groups)
        {
            long series = GroupSize.Of(group).Series;
            if (batch.Count == BatchGroups || (batch.Count > 0 && batchSeries + series > BatchSeries))
            {
                yield return batch;
                batch = [];
                batchSeries = 0;
            }
            batch.Add(group);
            batchSeries += series;
        }
        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await lifecycle.Expiries.WaitAsync(stoppingToken);
                if (service is { IsRestoring: false, ExpiresGroups: true })
                {
                    await ExpireDueAsync();
                }
                await Task.Delay(Period, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server is stopping.
        }
    }

    /// <summary>The expired ones of the groups, sorted by key. Schedules the next check of the others.</summary>
    private List<MetricGroup> FindExpired(List<GroupingKey> due, long now)
    {
        StoreSnapshot snapshot = store.Snapshot;
        var expired = new List<MetricGroup>();
        foreach (GroupingKey key in due)
        {
            if (snapshot.Find(key) is not { } group)
            {
                continue;
            }
            if (lifecycle.ExpiryOf(group) <= now)
            {
                expired.Add(group);
            }
            else
            {
                lifecycle.Schedule(group);
            }
        }
        expired.Sort((one, other) => one.Key.CompareTo(other.Key));
        return expired;
    }
}
