using PushGateway.Core.Model;

namespace PushGateway.Core.Parsing;

/// <summary>Makes bodies that the parsers or the store refuse into such that they take.</summary>
public static class TextBodyRepair
{
    /// <summary>
    /// A body in the text format whose lines end in LF, all that are not blank. The lines keep their numbers. In memory of its
    /// own if anything had to be done, so that the journal keeps what was parsed.
    /// </summary>
    /// <remarks>A CR that no LF follows stays, in a label's value too. A value with LF in it is refused either way.</remarks>
    public static ReadOnlyMemory<byte> NormalizeLineEndings(ReadOnlyMemory<byte> body, out Leniency uses)
    {
        ReadOnlySpan<byte> rest = body.Span;
        bool endsBare = rest[(rest.LastIndexOf((byte)'\n') + 1)..].ContainsAnyExcept((byte)' ', (byte)'\t');
        int returns = rest.Count("\r\n"u8) + (endsBare && rest[^1] == '\r' ? 1 : 0);
        uses = (returns > 0 ? Leniency.Crlf : Leniency.None) | (endsBare ? Leniency.FinalNewline : Leniency.None);
        if (uses == Leniency.None)
        {
            return body;
        }
        byte[] mended = GC.AllocateUninitializedArray<byte>(rest.Length - returns + (endsBare ? 1 : 0));
        Span<byte> free = mended;
        while (!rest.IsEmpty)
        {
            int length = rest.IndexOf((byte)'\n');
            bool ends = length >= 0 || endsBare;
            ReadOnlySpan<byte> line = length < 0 ? rest : rest[..length];
            rest = length < 0 ? default : rest[(length + 1)..];
            if (ends && line is [.., (byte)'\r'])
            {
                line = line[..^1];
            }
            line.CopyTo(free);
            free = free[line.Length..];
            if (ends)
            {
                free[0] = (byte)'\n';
                free = free[1..];
            }
        }
        return mended;
    }

    /// <summary>Takes the timestamps off all metrics. False if none has any.</summary>
    public static bool DropTimestamps(List<MetricFamily> families)
    {
        bool had = false;
        foreach (MetricFamily family in families)
        {
            foreach (Metric metric in family.Metrics)
            {
                if (metric.TimestampMs is not null)
                {
                    metric.TimestampMs = null;
                    had = true;
                }
            }
        }
        return had;
    }
}
