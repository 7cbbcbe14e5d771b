using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>The two families that the gateway adds to each group: when it was last pushed to, and last in vain.</summary>
public static class PushTimes
{
    public static readonly Utf8String Success = new("push_time_seconds");
    public static readonly Utf8String Failure = new("push_failure_time_seconds");

    private const double NanosecondsPerSecond = 1e9;

    private static readonly Utf8String SuccessHelp =
        new("Last Unix time when changing this group in the Pushgateway succeeded.");

    private static readonly Utf8String FailureHelp =
        new("Last Unix time when changing this group in the Pushgateway failed.");

    public static bool IsPushTime(Utf8String name) => name == Success || name == Failure;

    /// <summary>A push that succeeded at a time, in nanoseconds since 1970.</summary>
    internal static StoredFamily Succeeded(GroupingKey key, long at) => Render(key, Success, SuccessHelp, at, at);

    /// <summary>No push has succeeded yet; <paramref name="at"/> is when that was noted.</summary>
    internal static StoredFamily NeverSucceeded(GroupingKey key, long at) => Render(key, Success, SuccessHelp, at, 0);

    internal static StoredFamily Failed(GroupingKey key, long at) => Render(key, Failure, FailureHelp, at, at);

    internal static StoredFamily NeverFailed(GroupingKey key, long at) => Render(key, Failure, FailureHelp, at, 0);

    /// <summary>
    /// Seconds since 1970, 0 for never. Upstream: a pushed <c>push_failure_time_seconds</c> can stand in for the
    /// gateway's, so that the value is read from the family.
    /// </summary>
    internal static double Read(MetricGroup group, Utf8String name) =>
        group.Find(name) switch
        {
            { IsLinePerMetric: true, MetricCount: 1, Header.Type: MetricType.Gauge } family => ValueOfLine(family.Lines),
            { } family => family.Decode().Metrics is [{ ValueType: MetricType.Gauge } metric, ..] ? metric.Number : 0,
            null => 0,
        };

    /// <summary>The value of the only line, which is behind its last blank.</summary>
    private static double ValueOfLine(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> text = line[(line.LastIndexOf((byte)' ') + 1)..].TrimEnd((byte)'\n');
        return GoNumber.TryParse(text, out double value) ? value : 0;
    }

    private static StoredFamily Render(GroupingKey key, Utf8String name, Utf8String help, long at, long value)
    {
        var family = new MetricFamily { Name = name, Type = MetricType.Gauge, Help = help };
        family.Metrics.Add(new Metric
        {
            Labels = key.SeriesLabels,
            ValueType = MetricType.Gauge,
            Number = value / NanosecondsPerSecond,
        });
        return StoredFamily.Render(family, key, at, hasFaults: false);
    }
}
