namespace PushGateway.Core.Store.Rendering;

/// <summary>
/// Bounds the memory that a group retains for families that it no longer has. A block of lines lives as long as one
/// family refers to it.
/// </summary>
internal static class BlockCompaction
{
    /// <summary>A group may retain this much unused memory, whatever its size.</summary>
    private const int SlackBytes = 1024;

    /// <summary>More bytes than this are never moved, since an array could not hold them.</summary>
    private const long MaxMovedBytes = 1 << 30;

    /// <summary>Moves lines and hashes if that is worthwhile. Returns the bytes that the group then retains.</summary>
    /// <remarks>
    /// Copies the unchanged families beside the pushed ones if they are no larger than these, or if more than half of
    /// the retained bytes would be unused. Either way the cost is proportional to the push.
    /// </remarks>
    /// <param name="families">The families of the new group.</param>
    /// <param name="pushedBlock">The block of the pushed families.</param>
    /// <param name="retainedBefore">The bytes that the group retained before the push.</param>
    public static long Compact(StoredFamily[] families, byte[] pushedBlock, long retainedBefore)
    {
        long pushed = 0;
        long unchanged = 0;
        foreach (ref readonly StoredFamily family in families.AsSpan())
        {
            if (ReferenceEquals(family.Block, pushedBlock))
            {
                pushed += family.LinesLength;
            }
            else if (!family.OwnsBlock)
            {
                unchanged += family.LinesLength;
            }
        }
        if (unchanged == 0)
        {
            return pushed;
        }
        long retained = retainedBefore + pushed;
        bool isWorthwhile = unchanged <= pushed || retained > (2 * (unchanged + pushed)) + SlackBytes;
        if (!isWorthwhile || unchanged + pushed > MaxMovedBytes)
        {
            return retained;
        }
        return Move(families);
    }

    /// <summary>The bytes that families retain if they were rendered together.</summary>
    public static long RetainedBy(StoredFamily[] families) => families.Sum(family => (long)family.LinesLength);

    /// <summary>Returns the number of moved bytes.</summary>
    private static int Move(StoredFamily[] families)
    {
        int bytes = 0;
        int series = 0;
        foreach (ref readonly StoredFamily family in families.AsSpan())
        {
            bytes += family.OwnsBlock ? 0 : family.LinesLength;
            series += family.OwnsBlock ? 0 : family.MetricCount;
        }
        byte[] block = GC.AllocateUninitializedArray<byte>(bytes);
        var hashes = new UInt128[series];
        int linesEnd = 0;
        int seriesEnd = 0;
        foreach (ref StoredFamily family in families.AsSpan())
        {
            if (family.OwnsBlock)
            {
                continue;
            }
            family.Lines.CopyTo(block.AsSpan(linesEnd));
            family.Series.CopyTo(hashes.AsSpan(seriesEnd));
            family = family with { Block = block, LinesStart = linesEnd, Hashes = hashes, SeriesStart = seriesEnd };
            linesEnd += family.LinesLength;
            seriesEnd += family.MetricCount;
        }
        return bytes;
    }
}
