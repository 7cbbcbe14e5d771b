using System.Buffers;
using System.Globalization;

namespace PushGateway.Core.Parsing;

/// <summary>Repairs pushes that the parsers or the store would reject.</summary>
public static class TextBodyRepair
{
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("+-.0123456789Ee"u8);

    private static ReadOnlySpan<byte> Blanks => " \t"u8;

    /// <summary>
    /// Converts a text body to UTF-8, ends every non-blank line with LF, and removes blanks and unparsable timestamps from the
    /// ends of lines. Preserves line numbers. Returns the same memory if there is nothing to repair.
    /// </summary>
    /// <remarks>
    /// <para>The parser rejects each of these, except a CR in a help text. The meaning of other bodies does not change.</para>
    /// <para>In a body without samples, only CRs are repaired. <c>curl -d @file</c> may have removed all line feeds, so that
    /// the samples are part of a comment; or there was nothing to push, and accepting the body would empty a group. A CR
    /// without LF stays, even in label values. The parser rejects values with LF.</para>
    /// </remarks>
    public static ReadOnlyMemory<byte> Repair(ReadOnlyMemory<byte> body, out Leniency uses)
    {
        ReadOnlyMemory<byte> plain = TextBodyEncoding.ToPlainUtf8(body, out Leniency encoding);
        bool hasSample = HasSample(plain.Span);
        if (!hasSample)
        {
            plain = body;
            encoding = Leniency.None;
        }
        ReadOnlyMemory<byte> repaired = RepairLines(plain, isText: true, hasSample, out uses);
        uses |= encoding;
        return repaired;
    }

    /// <summary>The same for OpenMetrics, in which every valid timestamp parses, and which may end without LF.</summary>
    public static ReadOnlyMemory<byte> RepairOpenMetrics(ReadOnlyMemory<byte> body, out Leniency uses)
    {
        body = TextBodyEncoding.ToPlainUtf8(body, out Leniency encoding);
        ReadOnlyMemory<byte> repaired = RepairLines(body, isText: false, hasSample: true, out uses);
        uses |= encoding;
        return repaired;
    }

    private static ReadOnlyMemory<byte> RepairLines(
        ReadOnlyMemory<byte> body, bool isText, bool hasSample, out Leniency uses)
    {
        ReadOnlySpan<byte> rest = body.Span;
        bool endsBare = isText && hasSample && rest[(rest.LastIndexOf((byte)'\n') + 1)..].ContainsAnyExcept(Blanks);
        uses = endsBare ? Leniency.FinalNewline : Leniency.None;
        byte[]? repaired = null;
        int written = 0;
        while (!rest.IsEmpty)
        {
            int length = rest.IndexOf((byte)'\n');
            bool ends = length >= 0 || endsBare;
            ReadOnlySpan<byte> line = length < 0 ? rest : rest[..length];
            ReadOnlySpan<byte> kept = ends ? RepairLine(line, isText, ref uses) : line;
            if (repaired is null && (kept.Length < line.Length || (ends && length < 0)))
            {
                // The preceding bytes do not change. Every line but the last one gets shorter.
                repaired = GC.AllocateUninitializedArray<byte>(body.Length + 1);
                body.Span[..written].CopyTo(repaired);
            }
            if (repaired is not null)
            {
                kept.CopyTo(repaired.AsSpan(written));
                repaired[written + kept.Length] = (byte)'\n';
            }
            written += kept.Length + (ends ? 1 : 0);
            rest = length < 0 ? default : rest[(length + 1)..];
        }
        return repaired is null ? body : repaired.AsMemory(0, written);
    }

    /// <param name="line">Without its LF.</param>
    private static ReadOnlySpan<byte> RepairLine(ReadOnlySpan<byte> line, bool isText, ref Leniency uses)
    {
        if (line is [.., (byte)'\r'])
        {
            line = line[..^1];
            uses |= Leniency.Crlf;
        }
        ReadOnlySpan<byte> indented = line.TrimStart(Blanks);
        bool isSample = indented is [not (byte)'#', ..];
        if (line is [.., (byte)' ' or (byte)'\t'] && (isSample || EndsInType(indented)))
        {
            line = line.TrimEnd(Blanks);
            uses |= Leniency.TrailingBlank;
        }
        if (isText && isSample && BadTimestampOf(line.TrimStart(Blanks)) is > 0 and int timestamp)
        {
            line = line[..^timestamp].TrimEnd(Blanks);
            uses |= Leniency.Timestamp;
        }
        return line;
    }

    /// <summary>Whether a comment ends with the type of a family and blanks.</summary>
    private static bool EndsInType(ReadOnlySpan<byte> comment)
    {
        ReadOnlySpan<byte> keyword = comment.TrimStart((byte)'#').TrimStart(Blanks);
        if (keyword is not [(byte)'T', (byte)'Y', (byte)'P', (byte)'E', (byte)' ' or (byte)'\t', ..])
        {
            return false;
        }
        ReadOnlySpan<byte> trimmed = comment.TrimEnd(Blanks);
        ReadOnlySpan<byte> before = trimmed[..Math.Max(0, trimmed.LastIndexOfAny(Blanks))].TrimEnd(Blanks);
        ReadOnlySpan<byte> type = trimmed[(trimmed.LastIndexOfAny(Blanks) + 1)..];

        // "# TYPE x " has no type, and is valid.
        return before.Length > 1 && !before.EndsWith("TYPE"u8) && !type.Contains((byte)'"');
    }

    /// <summary>
    /// The length of a timestamp that ends a sample and that the parser rejects, though it is a number; or 0.
    /// </summary>
    private static int BadTimestampOf(ReadOnlySpan<byte> sample)
    {
        ReadOnlySpan<byte> timestamp = sample[(sample.LastIndexOfAny(Blanks) + 1)..];
        if (timestamp.ContainsAnyExcept(NumberBytes)
            || !GoNumber.TryParse(timestamp, out _)
            || long.TryParse(timestamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            return 0;
        }
        ReadOnlySpan<byte> before = sample[..^timestamp.Length].TrimEnd(Blanks);
        int value = before.LastIndexOfAny(" \t}"u8) + 1;

        // The first word is the name, even if it is NaN. The value follows.
        ReadOnlySpan<byte> series = before[..value].TrimEnd(Blanks);
        bool isSeries = series is [.., (byte)'}' or (byte)'"'] || (!series.IsEmpty && !series.ContainsAny(Blanks));
        return isSeries && GoNumber.TryParse(before[value..], out _) ? timestamp.Length : 0;
    }

    private static bool HasSample(ReadOnlySpan<byte> body)
    {
        foreach (Range line in body.Split((byte)'\n'))
        {
            if (body[line].TrimStart(" \t\r"u8) is [not (byte)'#', ..])
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Removes all timestamps. False if there were none.</summary>
    public static bool DropTimestamps(List<MetricFamily> families)
    {
        bool dropped = false;
        foreach (MetricFamily family in families)
        {
            foreach (Metric metric in family.Metrics)
            {
                if (metric.TimestampMs is not null)
                {
                    metric.TimestampMs = null;
                    dropped = true;
                }
            }
        }
        return dropped;
    }
}
