using System.Buffers;

namespace PushGateway.Core.Exposition;

/// <summary>Writes families in the Prometheus text exposition format, version 0.0.4.</summary>
/// <remarks>
/// Quotes names that violate the legacy rules. For scrapers that do not support quotes, escape the names first.
/// </remarks>
public static class TextExposition
{
    private static readonly SearchValues<byte> LineEscapes = SearchValues.Create("\\\n"u8);

    public static void Write(MetricFamily family, IBufferWriter<byte> output)
    {
        WriteHeader(family.Name, family.Type, family.Help, output);
        WriteSamples(family, output);
    }

    /// <summary>Writes the HELP line, unless the help is null, and the TYPE line.</summary>
    public static void WriteHeader(Utf8String name, MetricType type, Utf8String? help, IBufferWriter<byte> output)
    {
        var writer = new ByteWriter(output);
        if (help is { } text)
        {
            writer.Write("# HELP "u8);
            SampleText.WriteName(ref writer, name, default);
            writer.Write((byte)' ');
            SampleText.WriteEscaped(ref writer, text.Span, LineEscapes);
            writer.Write((byte)'\n');
        }
        writer.Write("# TYPE "u8);
        SampleText.WriteName(ref writer, name, default);
        writer.Write(TypeWord(type));
        writer.Commit();
    }

    /// <summary>Writes the sample lines of a family.</summary>
    public static void WriteSamples(MetricFamily family, IBufferWriter<byte> output) =>
        WriteSamples(family, order: null, output, namesArePlain: false);

    /// <summary>Writes the sample lines of a family.</summary>
    /// <param name="order">The indexes of the metrics in output order; null for their own order.</param>
    /// <param name="namesArePlain">Whether all names are known to need no quotes, which saves checking them.</param>
    public static void WriteSamples(
        MetricFamily family, int[]? order, IBufferWriter<byte> output, bool namesArePlain) =>
        WriteSamples(family.Name, family.Type, family.Metrics, order, output, namesArePlain);

    /// <inheritdoc cref="WriteSamples(MetricFamily, int[], IBufferWriter{byte}, bool)"/>
    public static void WriteSamples(
        Utf8String name,
        MetricType type,
        List<Metric> metrics,
        int[]? order,
        IBufferWriter<byte> output,
        bool namesArePlain)
    {
        var writer = new ByteWriter(output);
        for (int i = 0; i < metrics.Count; i++)
        {
            WriteMetric(ref writer, name, type, metrics[order is null ? i : order[i]], namesArePlain);
        }
        writer.Commit();
    }

    private static ReadOnlySpan<byte> TypeWord(MetricType type) => type switch
    {
        MetricType.Counter => " counter\n"u8,
        MetricType.Gauge => " gauge\n"u8,
        MetricType.Summary => " summary\n"u8,
        MetricType.Histogram or MetricType.GaugeHistogram => " histogram\n"u8,
        _ => " untyped\n"u8,
    };

    private static void WriteMetric(
        ref ByteWriter writer, Utf8String name, MetricType type, Metric metric, bool namesArePlain)
    {
        var line = new SampleText.Parts(name, metric.Labels, namesArePlain);
        switch (type)
        {
            case MetricType.Summary:
                WriteSummary(ref writer, line, metric.Summary ?? new Summary());
                break;
            case MetricType.Histogram or MetricType.GaugeHistogram:
                WriteHistogram(ref writer, line, metric.Histogram ?? new Histogram());
                break;
            default:
                WriteLine(ref writer, line, default, metric.Number);
                break;
        }
    }

    private static void WriteSummary(ref ByteWriter writer, in SampleText.Parts line, Summary summary)
    {
        foreach (Quantile quantile in summary.Quantiles)
        {
            WriteBoundLine(ref writer, line, default, "quantile"u8, quantile.Rank, quantile.Value);
        }
        WriteLine(ref writer, line, "_sum"u8, summary.SampleSum ?? 0);
        WriteLine(ref writer, line, "_count"u8, summary.SampleCount ?? 0);
    }

    private static void WriteHistogram(ref ByteWriter writer, in SampleText.Parts line, Histogram histogram)
    {
        bool hasInfinity = false;
        foreach (Bucket bucket in histogram.Buckets)
        {
            WriteBoundLine(ref writer, line, "_bucket"u8, "le"u8, bucket.UpperBound, bucket.Count);
            hasInfinity |= double.IsPositiveInfinity(bucket.UpperBound);
        }
        if (!hasInfinity)
        {
            WriteBoundLine(ref writer, line, "_bucket"u8, "le"u8, double.PositiveInfinity, histogram.Count);
        }
        WriteLine(ref writer, line, "_sum"u8, histogram.SampleSum ?? 0);
        WriteLine(ref writer, line, "_count"u8, histogram.Count);
    }

    /// <summary>name[suffix]{labels} value</summary>
    private static void WriteLine(ref ByteWriter writer, in SampleText.Parts line, ReadOnlySpan<byte> suffix, double value)
    {
        if (SampleText.WriteNameAndLabels(ref writer, line, suffix) == ',')
        {
            writer.Write((byte)'}');
        }
        WriteValue(ref writer, value);
    }

    /// <summary>name[suffix]{labels,bound="number"} value</summary>
    private static void WriteBoundLine(
        ref ByteWriter writer,
        in SampleText.Parts line,
        ReadOnlySpan<byte> suffix,
        ReadOnlySpan<byte> boundName,
        double bound,
        double value)
    {
        writer.Write(SampleText.WriteNameAndLabels(ref writer, line, suffix));
        writer.Write(boundName);
        writer.Write("=\""u8);
        writer.WriteNumber(bound);
        writer.Write("\"}"u8);
        WriteValue(ref writer, value);
    }

    private static void WriteValue(ref ByteWriter writer, double value)
    {
        writer.Write((byte)' ');
        writer.WriteNumber(value);
        writer.Write((byte)'\n');
    }
}
