using PushGateway.Core.Store.Output;

namespace PushGateway.Core.Store;

/// <summary>
/// The two families that the gateway adds to each group: the times of the last successful and of the last failed push.
/// </summary>
public static class PushTimestamps
{
    public static readonly Utf8String Success = new("push_time_seconds");
    public static readonly Utf8String Failure = new("push_failure_time_seconds");

    /// <summary>The number of series that they add to each group.</summary>
    internal const int Count = 2;

    private const double NanosecondsPerSecond = 1e9;

    private static readonly Utf8String SuccessHelp =
        new("Last Unix time when changing this group in the Pushgateway succeeded.");

    private static readonly Utf8String FailureHelp =
        new("Last Unix time when changing this group in the Pushgateway failed.");

    public static bool IsPushTime(Utf8String name) => name == Success || name == Failure;

    /// <summary>A push succeeded at a time, in nanoseconds since 1970.</summary>
    internal static MetricFamily Succeeded(long at) => Family(Success, SuccessHelp, at);

    /// <summary>No push has succeeded.</summary>
    internal static MetricFamily NeverSucceeded() => Family(Success, SuccessHelp, 0);

    internal static MetricFamily Failed(long at) => Family(Failure, FailureHelp, at);

    internal static MetricFamily NeverFailed() => Family(Failure, FailureHelp, 0);

    /// <summary>
    /// Seconds since 1970, 0 for never. Upstream: a pushed <c>push_failure_time_seconds</c> can replace the gateway's,
    /// so the value is read from the family.
    /// </summary>
    internal static double Read(MetricGroup group, Utf8String name) =>
        group.Find(name) switch
        {
            { IsLinePerMetric: true, MetricCount: 1, Header.Type: MetricType.Gauge } family => ValueOfLine(family),
            { } family => family.Decode().Metrics is [{ ValueType: MetricType.Gauge } metric, ..] ? metric.Number : 0,
            null => 0,
        };

    private static double ValueOfLine(in StoredFamily family)
    {
        var reader = new SampleLineReader(family);
        return reader.TryReadLine() && GoNumber.TryParse(reader.Value, out double value) ? value : 0;
    }

    private static MetricFamily Family(Utf8String name, Utf8String help, long value) => new()
    {
        Name = name,
        Type = MetricType.Gauge,
        Help = help,
        Metrics = [new Metric { ValueType = MetricType.Gauge, Number = value / NanosecondsPerSecond }],
    };
}
