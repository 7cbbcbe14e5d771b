using PushGateway.Core.Query.Groups;
using PushGateway.Durability;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Lifecycle;

/// <summary>Deletes the groups that took no push for their time to live, as durably as any deletion.</summary>
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
    /// The maximum of groups that are looked at together. Sorted by key, they lie close together in the store, which then copies less.
    /// </summary>
    private const int PortionGroups = 10_000;

    /// <summary>
    /// The maximum of groups that are deleted as one change. The store's lock is held meanwhile, and pushes wait for it.
    /// </summary>
    private const int BatchGroups = 500;

    /// <summary>The maximum of their series, unless one group has more.</summary>
    private const int BatchSeries = 10_000;

    private const int MaxLoggedGroups = 3;

    /// <summary>The wall clock may be set, so it is looked at, while a group will expire.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Nanoseconds since 1970.</summary>
    private long _lookedAt;

    /// <summary>Deletes the groups that have expired.</summary>
    /// <returns>When all are deleted, or the store cannot delete them now: then it is tried again.</returns>
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

                // The pushes that wait for the store's lock come first.
                await Task.Yield();
            }
        }

        // Those that changed meanwhile, or that the journal did not take, are still in the store.
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
            // The server stops.
        }
    }

    /// <summary>Those of the groups that have expired, sorted by key. The others are looked at again in time.</summary>
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
