using System.Buffers;

namespace PushGateway.Core.Exposition;

/// <summary>Writes names, labels and escapes, which sample lines of the text format and of OpenMetrics share.</summary>
internal static class SampleText
{
    public static readonly SearchValues<byte> QuotedEscapes = SearchValues.Create("\\\n\""u8);

    /// <summary>
    /// Writes the name (inside the braces if quoted) and the labels. Returns the separator before a further label: a
    /// brace or a comma.
    /// </summary>
    public static byte WriteNameAndLabels(ref ByteWriter writer, in Parts line, ReadOnlySpan<byte> suffix)
    {
        byte separator = (byte)'{';
        if (!line.NamesArePlain && !NameRules.IsLegacyMetricName(line.Name.Span))
        {
            writer.Write((byte)'{');
            separator = (byte)',';
        }
        WriteName(ref writer, line.Name, suffix, separator == (byte)'{');
        foreach (ref readonly Label label in line.Labels)
        {
            writer.Write(separator);
            WriteName(ref writer, label.Name, default, line.NamesArePlain || NameRules.IsLegacyLabelName(label.Name.Span));
            writer.Write("=\""u8);
            WriteEscaped(ref writer, label.Value.Span, QuotedEscapes);
            writer.Write((byte)'"');
            separator = (byte)',';
        }
        return separator;
    }

    /// <summary>Writes the name of a metric.</summary>
    public static void WriteName(ref ByteWriter writer, Utf8String name, ReadOnlySpan<byte> suffix) =>
        WriteName(ref writer, name, suffix, NameRules.IsLegacyMetricName(name.Span));

    /// <param name="isPlain">Whether the name is a legacy name, which needs no quotes.</param>
    private static void WriteName(ref ByteWriter writer, Utf8String name, ReadOnlySpan<byte> suffix, bool isPlain)
    {
        if (isPlain)
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

    public static void WriteEscaped(ref ByteWriter writer, ReadOnlySpan<byte> text, SearchValues<byte> escapes)
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
    public readonly ref struct Parts(Utf8String name, ReadOnlySpan<Label> labels, bool namesArePlain)
    {
        public readonly Utf8String Name = name;
        public readonly ReadOnlySpan<Label> Labels = labels;

        /// <summary>Whether all names are known to need no quotes.</summary>
        public readonly bool NamesArePlain = namesArePlain;
    }
}
