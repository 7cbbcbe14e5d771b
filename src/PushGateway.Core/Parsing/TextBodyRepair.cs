namespace PushGateway.Core.Parsing;

/// <summary>Repairs pushes that the parsers or the store would reject.</summary>
public static class TextBodyRepair
{
    /// <summary>
    /// Ends every non-blank line of a text body with LF. Preserves line numbers. Returns a copy if it changes anything,
    /// so that the journal gets the parsed body.
    /// </summary>
    /// <remarks>
    /// A body without a sample does not get a missing last LF: it may have lost all of them, as <c>curl -d @file</c> sends it,
    /// so that its samples are part of a comment. A CR without LF stays, even in label values. The parser rejects values with LF.
    /// </remarks>
    public static ReadOnlyMemory<byte> NormalizeLineEndings(ReadOnlyMemory<byte> body, out Leniency uses)
    {
        ReadOnlySpan<byte> rest = body.Span;
        bool endsBare = rest[(rest.LastIndexOf((byte)'\n') + 1)..].ContainsAnyExcept((byte)' ', (byte)'\t')
            && HasSample(rest);
        int returns = rest.Count("\r\n"u8) + (endsBare && rest[^1] == '\r' ? 1 : 0);
        uses = (returns > 0 ? Leniency.Crlf : Leniency.None) | (endsBare ? Leniency.FinalNewline : Leniency.None);
        if (uses == Leniency.None)
        {
            return body;
        }
        byte[] repaired = GC.AllocateUninitializedArray<byte>(rest.Length - returns + (endsBare ? 1 : 0));
        Span<byte> free = repaired;
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
        return repaired;
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
