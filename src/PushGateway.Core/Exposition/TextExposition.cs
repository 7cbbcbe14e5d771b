using System.Buffers;

namespace PushGateway.Core.Exposition;

/// <summary>Writes families in the Prometheus text exposition format, version 0.0.4.</summary>
/// <remarks>
/// Quotes names that violate the legacy rules. Escape them before for scrapers that do not support that.
/// </remarks>
public static class TextExposition
{
    private static readonly SearchValues<byte> LineEscapes = SearchValues.Create("\\\n"u8);
    private static readonly SearchValues<byte> QuotedEscapes = SearchValues.Create("\\\n\""u8);

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
            WriteName(ref writer, name, default);
            writer.Write((byte)' ');
            WriteEscaped(ref writer, text.Span, LineEscapes);
            writer.Write((byte)'\n');
        }
        writer.Write("# TYPE "u8);
        WriteName(ref writer, name, default);
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
        var line = new LineParts(name, metric.Labels, namesArePlain);
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

    private static void WriteSummary(ref ByteWriter writer, in LineParts line, Summary summary)
    {
        foreach (Quantile quantile in summary.Quantiles)
        {
            WriteBoundLine(ref writer, line, default, "quantile"u8, quantile.Rank, quantile.Value);
        }
        WriteLine(ref writer, line, "_sum"u8, summary.SampleSum ?? 0);
        WriteLine(ref writer, line, "_count"u8, summary.SampleCount ?? 0);
    }

    private static void WriteHistogram(ref ByteWriter writer, in LineParts line, Histogram histogram)
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
    private static void WriteLine(ref ByteWriter writer, in LineParts line, ReadOnlySpan<byte> suffix, double value)
    {
        if (WriteNameAndLabels(ref writer, line, suffix) == ',')
        {
            writer.Write((byte)'}');
        }
        WriteValue(ref writer, value);
    }

    /// <summary>name[suffix]{labels,bound="number"} value</summary>
    private static void WriteBoundLine(
        ref ByteWriter writer,
        in LineParts line,
        ReadOnlySpan<byte> suffix,
        ReadOnlySpan<byte> boundName,
        double bound,
        double value)
    {
        writer.Write(WriteNameAndLabels(ref writer, line, suffix));
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

    /// <summary>
    /// Writes the name (inside the braces if quoted) and the labels. Returns the separator before a further label: a
    /// brace or a comma.
    /// </summary>
    private static byte WriteNameAndLabels(ref ByteWriter writer, in LineParts line, ReadOnlySpan<byte> suffix)
    {
        byte separator = (byte)'{';
        if (!line.NamesArePlain && !NameRules.IsLegacyMetricName(line.Name.Span))
        {
            writer.Write((byte)'{');
            separator = (byte)',';
        }
        WriteName(ref writer, line.Name, suffix, line.NamesArePlain);
        foreach (ref readonly Label label in line.Labels)
        {
            writer.Write(separator);
            // Upstream: quotes label names by the rule for metric names, so that a:b stays unquoted.
            WriteName(ref writer, label.Name, default, line.NamesArePlain);
            writer.Write("=\""u8);
            WriteEscaped(ref writer, label.Value.Span, QuotedEscapes);
            writer.Write((byte)'"');
            separator = (byte)',';
        }
        return separator;
    }

    private static void WriteName(
        ref ByteWriter writer, Utf8String name, ReadOnlySpan<byte> suffix, bool isPlain = false)
    {
        if (isPlain || NameRules.IsLegacyMetricName(name.Span))
        {
            writer.Write(name);
            writer.Write(suffix);
            return;
        }
        writer.Write((byte)'"');
        WriteEscaped(ref writer, name.Span, QuotedEscapes);
        writer.Write(suffix);
        writer.Write((byte)'"');
    }

    private static void WriteEscaped(ref ByteWriter writer, ReadOnlySpan<byte> text, SearchValues<byte> escapes)
    {
        int length;
        while ((length = text.IndexOfAny(escapes)) >= 0)
        {
            writer.Write(text[..length]);
            writer.Write((byte)'\\');
            writer.Write(text[length] == '\n' ? (byte)'n' : text[length]);
            text = text[(length + 1)..];
        }
        writer.Write(text);
    }

    /// <summary>The common parts of all lines of a metric.</summary>
    private readonly ref struct LineParts(Utf8String name, ReadOnlySpan<Label> labels, bool namesArePlain)
    {
        public readonly Utf8String Name = name;
        public readonly ReadOnlySpan<Label> Labels = labels;
        public readonly bool NamesArePlain = namesArePlain;
    }
}
