using System.Buffers;

namespace PushGateway.Core.Exposition;

/// <summary>Writes families in OpenMetrics, version 1.0.</summary>
/// <remarks>
/// Source: the OpenMetrics specification 1.0. Converts like Go's library: a counter whose name does not end in
/// <c>_total</c> and an untyped family become unknown. Quotes names that violate the legacy rules.
/// </remarks>
public static class OpenMetricsExposition
{
    /// <summary>The last line of a scrape.</summary>
    public static ReadOnlySpan<byte> End => "# EOF\n"u8;

    /// <summary>Writes a family that cannot collide with others.</summary>
    public static void Write(MetricFamily family, IBufferWriter<byte> output)
    {
        var shown = new OpenMetricsFamily(family.Name, family.Type);
        var conversions = new OpenMetricsConversions();
        if (shown.IsDistribution && !family.Metrics.TrueForAll(metric => OpenMetricsRules.IsValid(family.Type, metric)))
        {
            shown.Form = OpenMetricsForm.Unknown;
        }
        if (shown.Form == OpenMetricsForm.Unknown && shown.IsDistribution)
        {
            foreach ((SampleKind kind, byte[] suffix) in shown.Parts)
            {
                WriteHeader(shown, suffix, family.Help, family.Unit, output, conversions);
                WriteSamples(shown, family.Metrics, kind, output, conversions);
            }
            return;
        }
        WriteHeader(shown, [], family.Help, family.Unit, output, conversions);
        WriteSamples(shown, family.Metrics, SampleKind.All, output, conversions);
    }

    /// <summary>Writes the HELP line, unless the help is null, the TYPE line, and the UNIT line if the unit ends the name.</summary>
    /// <param name="suffix">The suffix of a part of an unknown histogram or summary.</param>
    internal static void WriteHeader(
        OpenMetricsFamily family,
        ReadOnlySpan<byte> suffix,
        Utf8String? help,
        Utf8String? unit,
        IBufferWriter<byte> output,
        OpenMetricsConversions conversions)
    {
        Utf8String name = family.ShownName;
        var writer = new ByteWriter(output);
        if (help is { } text)
        {
            WriteComment(ref writer, "# HELP "u8, name, suffix);
            SampleText.WriteEscaped(ref writer, text.Span, SampleText.QuotedEscapes);
            writer.Write((byte)'\n');
        }
        WriteComment(ref writer, "# TYPE "u8, name, suffix);
        writer.Write(TypeWord(family.ShownType));
        if (unit is { IsEmpty: false } word)
        {
            if (suffix.IsEmpty && OpenMetricsRules.IsUnitOf(word.Span, name.Span))
            {
                WriteComment(ref writer, "# UNIT "u8, name, suffix);
                writer.Write(word);
                writer.Write((byte)'\n');
            }
            else
            {
                conversions.Add(OpenMetricsConversion.Unit);
            }
        }
        writer.Commit();
    }

    /// <summary>Writes some or all samples of metrics.</summary>
    internal static void WriteSamples(
        OpenMetricsFamily family,
        IReadOnlyList<Metric> metrics,
        SampleKind kinds,
        IBufferWriter<byte> output,
        OpenMetricsConversions conversions)
    {
        var writer = new ByteWriter(output);
        foreach (Metric metric in metrics)
        {
            var lines = new OpenMetricsLines(family, metric, kinds, conversions);
            lines.Write(ref writer);
        }
        writer.Commit();
    }

    private static void WriteComment(ref ByteWriter writer, ReadOnlySpan<byte> start, Utf8String name, ReadOnlySpan<byte> suffix)
    {
        writer.Write(start);
        SampleText.WriteName(ref writer, name, suffix);
        writer.Write((byte)' ');
    }

    private static ReadOnlySpan<byte> TypeWord(MetricType type) => type switch
    {
        MetricType.Counter => "counter\n"u8,
        MetricType.Gauge => "gauge\n"u8,
        MetricType.Summary => "summary\n"u8,
        MetricType.Histogram => "histogram\n"u8,
        MetricType.GaugeHistogram => "gaugehistogram\n"u8,
        _ => "unknown\n"u8,
    };
}
