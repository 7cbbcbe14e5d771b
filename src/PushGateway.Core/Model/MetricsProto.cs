namespace PushGateway.Core.Model;

/// <summary>
/// The messages of io.prometheus.client (metrics.proto). Each constant is the tag of a field: its number and wire type.
/// </summary>
internal static class MetricsProto
{
    private const uint Varint = 0;
    private const uint Fixed64 = 1;
    private const uint Delimited = 2;

    internal static class Family
    {
        internal const uint Name = 1 << 3 | Delimited;
        internal const uint Help = 2 << 3 | Delimited;
        internal const uint Type = 3 << 3 | Varint;
        internal const uint Metric = 4 << 3 | Delimited;
        internal const uint Unit = 5 << 3 | Delimited;
    }

    internal static class Metric
    {
        internal const uint Label = 1 << 3 | Delimited;
        internal const uint Gauge = 2 << 3 | Delimited;
        internal const uint Counter = 3 << 3 | Delimited;
        internal const uint Summary = 4 << 3 | Delimited;
        internal const uint Untyped = 5 << 3 | Delimited;
        internal const uint TimestampMs = 6 << 3 | Varint;
        internal const uint Histogram = 7 << 3 | Delimited;
    }

    internal static class Label
    {
        internal const uint Name = 1 << 3 | Delimited;
        internal const uint Value = 2 << 3 | Delimited;
    }

    /// <summary>Gauge, Counter and Untyped. Only Counter has fields other than the value.</summary>
    internal static class Number
    {
        internal const uint Value = 1 << 3 | Fixed64;
        internal const uint Exemplar = 2 << 3 | Delimited;
        internal const uint Created = 3 << 3 | Delimited;
    }

    internal static class Summary
    {
        internal const uint SampleCount = 1 << 3 | Varint;
        internal const uint SampleSum = 2 << 3 | Fixed64;
        internal const uint Quantile = 3 << 3 | Delimited;
        internal const uint Created = 4 << 3 | Delimited;
    }

    internal static class Quantile
    {
        internal const uint Rank = 1 << 3 | Fixed64;
        internal const uint Value = 2 << 3 | Fixed64;
    }

    internal static class Histogram
    {
        internal const uint SampleCount = 1 << 3 | Varint;
        internal const uint SampleSum = 2 << 3 | Fixed64;
        internal const uint Bucket = 3 << 3 | Delimited;
        internal const uint SampleCountFloat = 4 << 3 | Fixed64;
        internal const uint Schema = 5 << 3 | Varint;
        internal const uint ZeroThreshold = 6 << 3 | Fixed64;
        internal const uint ZeroCount = 7 << 3 | Varint;
        internal const uint ZeroCountFloat = 8 << 3 | Fixed64;
        internal const uint NegativeSpan = 9 << 3 | Delimited;
        internal const uint NegativeDelta = 10 << 3 | Varint;
        internal const uint NegativeDeltas = 10 << 3 | Delimited;
        internal const uint NegativeCount = 11 << 3 | Fixed64;
        internal const uint NegativeCounts = 11 << 3 | Delimited;
        internal const uint PositiveSpan = 12 << 3 | Delimited;
        internal const uint PositiveDelta = 13 << 3 | Varint;
        internal const uint PositiveDeltas = 13 << 3 | Delimited;
        internal const uint PositiveCount = 14 << 3 | Fixed64;
        internal const uint PositiveCounts = 14 << 3 | Delimited;
        internal const uint Created = 15 << 3 | Delimited;
        internal const uint Exemplar = 16 << 3 | Delimited;
    }

    internal static class Bucket
    {
        internal const uint CumulativeCount = 1 << 3 | Varint;
        internal const uint UpperBound = 2 << 3 | Fixed64;
        internal const uint Exemplar = 3 << 3 | Delimited;
        internal const uint CumulativeCountFloat = 4 << 3 | Fixed64;
    }

    internal static class BucketSpan
    {
        internal const uint Offset = 1 << 3 | Varint;
        internal const uint Length = 2 << 3 | Varint;
    }

    internal static class Exemplar
    {
        internal const uint Label = 1 << 3 | Delimited;
        internal const uint Value = 2 << 3 | Fixed64;
        internal const uint Timestamp = 3 << 3 | Delimited;
    }

    internal static class Timestamp
    {
        internal const uint Seconds = 1 << 3 | Varint;
        internal const uint Nanos = 2 << 3 | Varint;
    }
}
