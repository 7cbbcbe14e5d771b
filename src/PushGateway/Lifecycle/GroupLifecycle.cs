using PushGateway.CommandLine;
using PushGateway.Core.Query.Groups;

namespace PushGateway.Lifecycle;

/// <summary>
/// How long each group lives and how often it should be pushed to, according to its last accepted push, otherwise to the first
/// rule that matches it, otherwise to the flag. Thread-safe.
/// </summary>
/// <remarks>
/// Rules and flag are looked up when needed, so a changed rule applies to stored groups too. Without a rule, a flag or a
/// header, a push costs two comparisons of references.
/// </remarks>
internal sealed class GroupLifecycle
{
    private const long NanosecondsPerTick = 100;

    private readonly GroupStore _store;
    private readonly TimeSpan _timeToLive;
    private readonly TimeProvider _time;
    private volatile LifecycleRules _rules = new(LifecycleDocument.Empty);

    /// <summary>Whether any push since the start, or any restored group, specified an expected interval.</summary>
    private volatile bool _pushesExpect;

    public GroupLifecycle(GroupStore store, GatewayOptions options, TimeProvider time)
    {
        _store = store;
        _time = time;
        _timeToLive = options.TimeToLive.Value;
        store.Listen(new GroupListener { Added = OnAdded, Removed = OnRemoved, Cleared = OnCleared });
    }

    /// <summary>The groups that will expire.</summary>
    public ExpiryQueue Expiries { get; } = new();

    public LifecycleRules Rules => _rules;

    /// <summary>Whether any group may have an expected push.</summary>
    public bool ExpectsPushes => _pushesExpect || _rules.ExpectPushes;

    /// <summary>Replaces the rules.</summary>
    public void Apply(LifecycleDocument document)
    {
        var rules = new LifecycleRules(document);

        // From now on, the new rules count added and removed groups. The groups of the snapshot follow.
        StoreSnapshot snapshot = _store.SnapshotAtomically(() => _rules = rules);
        rules.AddAll(snapshot.Groups.Select(group => group.Key));
        ScheduleAll(snapshot);
    }

    /// <summary>How long a group stays without a push; null for no limit.</summary>
    public TimeSpan? TimeToLiveOf(MetricGroup group)
    {
        TimeSpan time = group.Terms?.TimeToLive ?? _rules.Find(group.Key)?.TimeToLive ?? _timeToLive;
        return time > TimeSpan.Zero ? time : null;
    }

    /// <summary>When a group expires without another push, in nanoseconds since 1970; null for never.</summary>
    public long? ExpiryOf(MetricGroup group) =>
        TimeToLiveOf(group) is { } time && group.LastPushedAt is var pushedAt && time.Ticks < (long.MaxValue - pushedAt) / NanosecondsPerTick
            ? pushedAt + (time.Ticks * NanosecondsPerTick)
            : null;

    /// <summary>Whether a group had no push for more than half of its time to live.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    public bool IsExpiring(MetricGroup group, long now) =>
        ExpiryOf(group) is { } at && now - group.LastPushedAt > (at - group.LastPushedAt) / 2;

    /// <summary>Whether an expected push to a group is late.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    public bool IsLate(MetricGroup group, long now) =>
        ExpectedIntervalOf(group) is { } interval && !IsUp(group, interval, now);

    /// <summary>False if no group can be late or expire.</summary>
    public bool HasDeadlines => ExpectsPushes || Expiries.Count > 0;

    /// <summary>The numbers of late and of expiring groups. Costs nothing while no group can be either.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    public (int Late, int Expiring) Count(StoreSnapshot snapshot, long now)
    {
        int late = 0;
        int expiring = 0;
        if (HasDeadlines)
        {
            foreach (MetricGroup group in snapshot.Groups)
            {
                late += IsLate(group, now) ? 1 : 0;
                expiring += IsExpiring(group, now) ? 1 : 0;
            }
        }
        return (late, expiring);
    }

    /// <summary>The maximum time between two pushes of a group; null if none is expected.</summary>
    public TimeSpan? ExpectedIntervalOf(MetricGroup group)
    {
        TimeSpan time = group.Terms?.ExpectedInterval ?? _rules.Find(group.Key)?.ExpectedInterval ?? TimeSpan.Zero;
        return time > TimeSpan.Zero ? time : null;
    }

    /// <summary>Whether the last push was accepted and is not older than the expected interval.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    public static bool IsUp(MetricGroup group, TimeSpan expectedInterval, long now) =>
        group.IsOk && (now - group.LastPushedAt) / NanosecondsPerTick <= expectedInterval.Ticks;

    /// <param name="now">Nanoseconds since 1970.</param>
    public GroupDeadlines DeadlinesOf(MetricGroup group, long now)
    {
        TimeSpan? expectedInterval = ExpectedIntervalOf(group);
        return new GroupDeadlines(
            TimeToLiveOf(group)?.TotalSeconds,
            ExpiryOf(group) / 1e9,
            expectedInterval?.TotalSeconds,
            expectedInterval is { } interval ? !IsUp(group, interval, now) : null);
    }

    /// <summary>Schedules a check of a group for when it may expire.</summary>
    public void Schedule(MetricGroup group)
    {
        if (ExpiryOf(group) is { } at)
        {
            // If the clock was set back, the push time is in the future. A push now, which schedules nothing, would expire earlier.
            Expiries.Add(group.Key, at - Math.Max(0, group.LastPushedAt - _time.GetUnixNanoseconds()));
        }
    }

    /// <summary>Schedules checks of all groups, after the rules changed or the clock was set back.</summary>
    public void ScheduleAll(StoreSnapshot snapshot)
    {
        foreach (MetricGroup group in snapshot.Groups)
        {
            Schedule(group);
        }
    }

    private void OnAdded(MetricGroup group)
    {
        _rules.Add(group.Key);
        _pushesExpect |= group.Terms?.ExpectedInterval is not null;
        Schedule(group);
    }

    private void OnRemoved(GroupingKey key)
    {
        _rules.Remove(key);
        Expiries.Remove(key);
    }

    private void OnCleared()
    {
        _rules.Clear();
        Expiries.Clear();
    }
}
