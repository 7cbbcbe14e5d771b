namespace PushGateway.Core.Persistence;

/// <summary>The fields of a persistence file, which are found by these names wherever the file has put them.</summary>
/// <remarks>
/// In Go: <c>map[string]MetricGroup</c>, where a MetricGroup is <c>{ Labels map[string]string; Metrics
/// map[string]TimestampedMetricFamily }</c>, and the latter <c>{ Timestamp time.Time; GobbableMetricFamily }</c>, which
/// encodes itself as a protobuf message. So written by 1.5 and by 1.11 alike.
/// </remarks>
internal static class SnapshotNames
{
    public const string Labels = "Labels";
    public const string Metrics = "Metrics";
    public const string Timestamp = "Timestamp";
    public const string Family = "GobbableMetricFamily";

    /// <summary>A map[string]string in a group. Go passes over it, as over every field that it does not know.</summary>
    public const string Extra = "Extra";
}
