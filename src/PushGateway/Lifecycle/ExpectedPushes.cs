namespace PushGateway.Lifecycle;

/// <summary>
/// The families <c>push_up</c> and <c>push_expected_interval_seconds</c>, which a scrape computes from the clock, for groups
/// with expected pushes and for required groups that are missing.
/// </summary>
internal sealed class ExpectedPushes(GroupLifecycle lifecycle, TimeProvider time)
{
    private static readonly Utf8String UpName = new("push_up");
    private static readonly Utf8String IntervalName = new("push_expected_interval_seconds");

    private static readonly Utf8String UpHelp =
        new("Whether the last push of this group was accepted, and is not older than the expected interval.");

    private static readonly Utf8String IntervalHelp =
        new("How often this group should be pushed to, at least, in seconds.");

    /// <summary>The two families, by name; empty while no push is expected.</summary>
    /// <param name="snapshot">All groups in the store.</param>
    public IReadOnlyList<MetricFamily> Collect(StoreSnapshot snapshot)
    {
        if (!lifecycle.ExpectsPushes)
        {
            return [];
        }
        long now = time.GetUnixNanoseconds();
        var up = new List<(GroupingKey Key, TimeSpan Interval, bool IsUp)>();
        foreach (MetricGroup group in snapshot.Groups)
        {
            if (lifecycle.ExpectedIntervalOf(group) is { } interval)
            {
                up.Add((group.Key, interval, GroupLifecycle.IsUp(group, interval, now)));
            }
        }
        int stored = up.Count;
        foreach ((GroupingKey key, LifecycleRule rule) in lifecycle.Rules.Required)
        {
            if (snapshot.Find(key) is null)
            {
                up.Add((key, rule.ExpectedInterval!.Value, IsUp: false));
            }
        }
        if (up.Count > stored)
        {
            up.Sort((left, right) => left.Key.CompareTo(right.Key));
        }
        return up.Count == 0
            ? []
            :
            [
                Family(IntervalName, IntervalHelp, up.Select(one => (one.Key, one.Interval.TotalSeconds))),
                Family(UpName, UpHelp, up.Select(one => (one.Key, one.IsUp ? 1.0 : 0.0))),
            ];
    }

    private static MetricFamily Family(Utf8String name, Utf8String help, IEnumerable<(GroupingKey Key, double Value)> values) => new()
    {
        Name = name,
        Type = MetricType.Gauge,
        Help = help,
        Metrics =
        [
            .. values.Select(one => new Metric
            {
                Labels = one.Key.SeriesLabels,
                ValueType = MetricType.Gauge,
                Number = one.Value,
            }),
        ],
    };
}
