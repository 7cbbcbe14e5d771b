using System.Buffers;
using System.Text;

namespace PushGateway.Core.Exposition;

/// <summary>Writes families in protobuf's text form, with the fields in the order of metrics.proto.</summary>
public static class PrototextExposition
{
    /// <summary>Writes a family for encoding=compact-text: one line.</summary>
    public static void WriteCompact(MetricFamily family, IBufferWriter<byte> output)
    {
        WriteFamily(new PrototextWriter(output, PrototextLayout.OneLine), family);
        output.Write("\n"u8);
    }

    /// <summary>Writes a family for encoding=text: indented, with an empty line at the end.</summary>
    public static void WriteIndented(MetricFamily family, IBufferWriter<byte> output)
    {
        WriteFamily(new PrototextWriter(output, PrototextLayout.Indented), family);
        output.Write("\n"u8);
    }

    /// <summary>One line for messages.</summary>
    public static string Describe(MetricFamily family)
    {
        var output = new ArrayBufferWriter<byte>();
        WriteFamily(new PrototextWriter(output, PrototextLayout.OneLine), family);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>One line for messages: <c>label:{name:"a" value:"b"} gauge:{value:1}</c>.</summary>
    public static string Describe(Metric metric)
    {
        var output = new ArrayBufferWriter<byte>();
        WriteMetric(new PrototextWriter(output, PrototextLayout.OneLine), metric);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void WriteFamily(PrototextWriter writer, MetricFamily family)
    {
        writer.String("name"u8, family.Name);
        writer.String("help"u8, family.Help);
        writer.Keyword("type"u8, family.Type.ProtoName());
        foreach (Metric metric in family.Metrics)
        {
            writer.Begin("metric"u8);
            WriteMetric(writer, metric);
            writer.End();
        }
        writer.String("unit"u8, family.Unit);
    }

    private static void WriteMetric(PrototextWriter writer, Metric metric)
    {
        WriteLabels(writer, metric.Labels);
        switch (metric.ValueType)
        {
            case MetricType.Gauge:
                WriteNumber(writer, "gauge"u8, metric);
                break;
            case MetricType.Counter:
                WriteNumber(writer, "counter"u8, metric);
                break;
            case MetricType.Untyped:
                WriteNumber(writer, "untyped"u8, metric);
                break;
            case MetricType.Summary when metric.Summary is { } summary:
                WriteSummary(writer, summary);
                break;
            case MetricType.Histogram when metric.Histogram is { } histogram:
                WriteHistogram(writer, histogram);
                break;
        }
        writer.Integer("timestamp_ms"u8, metric.TimestampMs);
    }

    private static void WriteLabels(PrototextWriter writer, IReadOnlyList<Label> labels)
    {
        foreach (Label label in labels)
        {
            writer.Begin("label"u8);
            writer.String("name"u8, label.NameField);
            writer.String("value"u8, label.ValueField);
            writer.End();
        }
    }

    private static void WriteNumber(PrototextWriter writer, ReadOnlySpan<byte> name, Metric metric)
    {
        writer.Begin(name);
        writer.Double("value"u8, metric.IsNumberAbsent ? null : metric.Number);
        WriteExemplar(writer, "exemplar"u8, metric.Exemplar);
        WriteTimestamp(writer, "created_timestamp"u8, metric.Created);
        writer.End();
    }

    private static void WriteSummary(PrototextWriter writer, Summary summary)
    {
        writer.Begin("summary"u8);
        writer.Integer("sample_count"u8, summary.SampleCount);
        writer.Double("sample_sum"u8, summary.SampleSum);
        foreach (Quantile quantile in summary.Quantiles)
        {
            writer.Begin("quantile"u8);
            writer.Double("quantile"u8, quantile.IsRankAbsent ? null : quantile.Rank);
            writer.Double("value"u8, quantile.IsValueAbsent ? null : quantile.Value);
            writer.End();
        }
        WriteTimestamp(writer, "created_timestamp"u8, summary.Created);
        writer.End();
    }

    private static void WriteHistogram(PrototextWriter writer, Histogram histogram)
    {
        writer.Begin("histogram"u8);
        writer.Integer("sample_count"u8, histogram.SampleCount);
        writer.Double("sample_count_float"u8, histogram.SampleCountFloat);
        writer.Double("sample_sum"u8, histogram.SampleSum);
        WriteBuckets(writer, histogram.Buckets);
        WriteTimestamp(writer, "created_timestamp"u8, histogram.Created);
        writer.Integer("schema"u8, histogram.Schema);
        writer.Double("zero_threshold"u8, histogram.ZeroThreshold);
        writer.Integer("zero_count"u8, histogram.ZeroCount);
        writer.Double("zero_count_float"u8, histogram.ZeroCountFloat);
        WriteSide(writer, histogram.Negative, "negative_span"u8, "negative_delta"u8, "negative_count"u8);
        WriteSide(writer, histogram.Positive, "positive_span"u8, "positive_delta"u8, "positive_count"u8);
        histogram.Exemplars?.ForEach(exemplar => WriteExemplar(writer, "exemplars"u8, exemplar));
        writer.End();
    }

    private static void WriteBuckets(PrototextWriter writer, List<Bucket> buckets)
    {
        foreach (Bucket bucket in buckets)
        {
            writer.Begin("bucket"u8);
            writer.Integer("cumulative_count"u8, bucket.CumulativeCount);
            writer.Double("cumulative_count_float"u8, bucket.CumulativeCountFloat);
            writer.Double("upper_bound"u8, bucket.IsUpperBoundAbsent ? null : bucket.UpperBound);
            WriteExemplar(writer, "exemplar"u8, bucket.Exemplar);
            writer.End();
        }
    }

    private static void WriteSide(
        PrototextWriter writer,
        NativeBuckets? side,
        ReadOnlySpan<byte> spanName,
        ReadOnlySpan<byte> deltaName,
        ReadOnlySpan<byte> countName)
    {
        if (side is null)
        {
            return;
        }
        foreach (BucketSpan span in side.Spans)
        {
            writer.Begin(spanName);
            writer.Integer<int>("offset"u8, span.IsOffsetAbsent ? null : span.Offset);
            writer.Integer<uint>("length"u8, span.IsLengthAbsent ? null : span.Length);
            writer.End();
        }
        foreach (long delta in side.Deltas)
        {
            writer.Integer<long>(deltaName, delta);
        }
        foreach (double count in side.Counts)
        {
            writer.Double(countName, count);
        }
    }

    private static void WriteExemplar(PrototextWriter writer, ReadOnlySpan<byte> name, Exemplar? exemplar)
    {
        if (exemplar is null)
        {
            return;
        }
        writer.Begin(name);
        WriteLabels(writer, exemplar.Labels);
        writer.Double("value"u8, exemplar.Value);
        WriteTimestamp(writer, "timestamp"u8, exemplar.Timestamp);
        writer.End();
    }

    // A proto3 message omits fields with the value 0.
    private static void WriteTimestamp(PrototextWriter writer, ReadOnlySpan<byte> name, Timestamp? timestamp)
    {
        if (timestamp is not { } time)
        {
            return;
        }
        writer.Begin(name);
        writer.Integer<long>("seconds"u8, time.Seconds == 0 ? null : time.Seconds);
        writer.Integer<int>("nanos"u8, time.Nanos == 0 ? null : time.Nanos);
        writer.End();
    }
}
