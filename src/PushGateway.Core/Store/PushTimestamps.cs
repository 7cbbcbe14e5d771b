using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>The two families that the gateway adds to each group: when it was last pushed to, and last in vain.</summary>
public static class PushTimestamps
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
    internal static MetricFamily Succeeded(long at) => Family(Success, SuccessHelp, at);

    /// <summary>No push has succeeded yet.</summary>
    internal static MetricFamily NeverSucceeded() => Family(Success, SuccessHelp, 0);

    internal static MetricFamily Failed(long at) => Family(Failure, FailureHelp, at);

    internal static MetricFamily NeverFailed() => Family(Failure, FailureHelp, 0);

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

    private static MetricFamily Family(Utf8String name, Utf8String help, long value) => new()
    {
        Name = name,
        Type = MetricType.Gauge,
        Help = help,
        Metrics = [new Metric { ValueType = MetricType.Gauge, Number = value / NanosecondsPerSecond }],
    };
}
