using System.Buffers;
using System.Runtime.InteropServices;
using Proto = PushGateway.Core.Model.MetricsProto;

namespace PushGateway.Core.Exposition;

/// <summary>
/// Writes families as io.prometheus.client.MetricFamily messages as Go's encoder does: fields in the order of their
/// numbers, without packing. Null fields are omitted.
/// </summary>
public static class ProtobufExposition
{
    /// <summary>Writes a family for encoding=delimited: the length, then the message.</summary>
    public static void Write(MetricFamily family, IBufferWriter<byte> output)
    {
        var writer = new ProtoWriter();
        WriteFamily(ref writer, family);
        ProtoWriter.WriteLength(output, writer.Written.Length);
        output.Write(writer.Written);
    }

    /// <summary>The message without its length.</summary>
    public static byte[] Encode(MetricFamily family)
    {
        var writer = new ProtoWriter();
        WriteFamily(ref writer, family);
        return writer.Written.ToArray();
    }

    /// <summary>Writes the fields before the metrics.</summary>
    internal static void WriteHeader(ref ProtoWriter writer, Utf8String name, Utf8String? help, MetricType type)
    {
        writer.String(Proto.Family.Name, name);
        writer.String(Proto.Family.Help, help);
        writer.Varint(Proto.Family.Type, (ulong)type);
    }

    internal static void WriteFamily(ref ProtoWriter writer, MetricFamily family)
    {
        WriteHeader(ref writer, family.Name, family.Help, family.Type);
        foreach (Metric metric in family.Metrics)
        {
            WriteMetric(ref writer, metric);
        }
        writer.String(Proto.Family.Unit, family.Unit);
    }

    internal static void WriteMetric(ref ProtoWriter writer, Metric metric)
    {
        int start = writer.Begin(Proto.Family.Metric);
        WriteLabels(ref writer, Proto.Metric.Label, metric.Labels);
        switch (metric.ValueType)
        {
            case MetricType.Gauge:
                WriteNumber(ref writer, Proto.Metric.Gauge, metric);
                break;
            case MetricType.Counter:
                WriteNumber(ref writer, Proto.Metric.Counter, metric);
                break;
            case MetricType.Untyped:
                WriteNumber(ref writer, Proto.Metric.Untyped, metric);
                break;
            case MetricType.Summary when metric.Summary is { } summary:
                WriteSummary(ref writer, summary);
                break;
        }
        writer.Signed(Proto.Metric.TimestampMs, metric.TimestampMs);
        if (metric.ValueType == MetricType.Histogram && metric.Histogram is { } histogram)
        {
            WriteHistogram(ref writer, histogram);
        }
        writer.End(start);
    }

    private static void WriteLabels(ref ProtoWriter writer, uint tag, ReadOnlySpan<Label> labels)
    {
        foreach (Label label in labels)
        {
            int start = writer.Begin(tag);
            writer.String(Proto.Label.Name, label.NameField);
            writer.String(Proto.Label.Value, label.ValueField);
            writer.End(start);
        }
    }

    private static void WriteNumber(ref ProtoWriter writer, uint tag, Metric metric)
    {
        int start = writer.Begin(tag);
        writer.Double(Proto.Number.Value, metric.Number);
        WriteExemplar(ref writer, Proto.Number.Exemplar, metric.Exemplar);
        WriteTimestamp(ref writer, Proto.Number.Created, metric.Created);
        writer.End(start);
    }

    private static void WriteSummary(ref ProtoWriter writer, Summary summary)
    {
        int start = writer.Begin(Proto.Metric.Summary);
        writer.Varint(Proto.Summary.SampleCount, summary.SampleCount);
        writer.Double(Proto.Summary.SampleSum, summary.SampleSum);
        foreach (Quantile quantile in summary.Quantiles)
        {
            int inner = writer.Begin(Proto.Summary.Quantile);
            writer.Double(Proto.Quantile.Rank, quantile.Rank);
            writer.Double(Proto.Quantile.Value, quantile.Value);
            writer.End(inner);
        }
        WriteTimestamp(ref writer, Proto.Summary.Created, summary.Created);
        writer.End(start);
    }

    private static void WriteHistogram(ref ProtoWriter writer, Histogram histogram)
    {
        int start = writer.Begin(Proto.Metric.Histogram);
        writer.Varint(Proto.Histogram.SampleCount, histogram.SampleCount);
        writer.Double(Proto.Histogram.SampleSum, histogram.SampleSum);
        WriteBuckets(ref writer, histogram.Buckets);
        writer.Double(Proto.Histogram.SampleCountFloat, histogram.SampleCountFloat);
        writer.ZigZag(Proto.Histogram.Schema, histogram.Schema);
        writer.Double(Proto.Histogram.ZeroThreshold, histogram.ZeroThreshold);
        writer.Varint(Proto.Histogram.ZeroCount, histogram.ZeroCount);
        writer.Double(Proto.Histogram.ZeroCountFloat, histogram.ZeroCountFloat);
        WriteSide(
            ref writer,
            histogram.Negative,
            Proto.Histogram.NegativeSpan,
            Proto.Histogram.NegativeDelta,
            Proto.Histogram.NegativeCount);
        WriteSide(
            ref writer,
            histogram.Positive,
            Proto.Histogram.PositiveSpan,
            Proto.Histogram.PositiveDelta,
            Proto.Histogram.PositiveCount);
        WriteTimestamp(ref writer, Proto.Histogram.Created, histogram.Created);
        foreach (Exemplar? exemplar in CollectionsMarshal.AsSpan(histogram.Exemplars))
        {
            WriteExemplar(ref writer, Proto.Histogram.Exemplar, exemplar);
        }
        writer.End(start);
    }

    private static void WriteBuckets(ref ProtoWriter writer, List<Bucket> buckets)
    {
        foreach (Bucket bucket in buckets)
        {
            int start = writer.Begin(Proto.Histogram.Bucket);
            writer.Varint(Proto.Bucket.CumulativeCount, bucket.CumulativeCount);
            writer.Double(Proto.Bucket.UpperBound, bucket.UpperBound);
            WriteExemplar(ref writer, Proto.Bucket.Exemplar, bucket.Exemplar);
            writer.Double(Proto.Bucket.CumulativeCountFloat, bucket.CumulativeCountFloat);
            writer.End(start);
        }
    }

    private static void WriteSide(
        ref ProtoWriter writer, NativeBuckets? side, uint spanTag, uint deltaTag, uint countTag)
    {
        if (side is null)
        {
            return;
        }
        foreach (BucketSpan span in side.Spans)
        {
            int start = writer.Begin(spanTag);
            writer.ZigZag(Proto.BucketSpan.Offset, span.Offset);
            writer.Varint(Proto.BucketSpan.Length, span.Length);
            writer.End(start);
        }
        foreach (long delta in side.Deltas)
        {
            writer.ZigZag(deltaTag, delta);
        }
        foreach (double count in side.Counts)
        {
            writer.Double(countTag, count);
        }
    }

    private static void WriteExemplar(ref ProtoWriter writer, uint tag, Exemplar? exemplar)
    {
        if (exemplar is null)
        {
            return;
        }
        int start = writer.Begin(tag);
        WriteLabels(ref writer, Proto.Exemplar.Label, CollectionsMarshal.AsSpan(exemplar.Labels));
        writer.Double(Proto.Exemplar.Value, exemplar.Value);
        WriteTimestamp(ref writer, Proto.Exemplar.Timestamp, exemplar.Timestamp);
        writer.End(start);
    }

    // A proto3 message omits fields with the value 0.
    private static void WriteTimestamp(ref ProtoWriter writer, uint tag, Timestamp? timestamp)
    {
        if (timestamp is not { } time)
        {
            return;
        }
        int start = writer.Begin(tag);
        writer.Signed(Proto.Timestamp.Seconds, time.Seconds == 0 ? null : time.Seconds);
        writer.Signed(Proto.Timestamp.Nanos, time.Nanos == 0 ? null : time.Nanos);
        writer.End(start);
    }
}
