namespace PushGateway.Core.Store.Rendering;

/// <summary>
/// Sees to it that a group does not keep the lines of families that it no longer has: these go only with the last family
/// that shares an array with them.
/// </summary>
internal static class BlockCompaction
{
    /// <summary>As much may be kept in vain, whatever the group's size.</summary>
    private const int SlackBytes = 1024;

    /// <summary>More than an array holds is left where it is.</summary>
    private const long MaxPackedBytes = 1 << 30;

    /// <summary>Moves lines and hashes where that is worth it, and gives the bytes that the group holds then.</summary>
    /// <remarks>
    /// Families that were kept are copied to the new ones where they are no more than these; otherwise when more than
    /// half of what is held would be in vain. Either way the cost is in proportion to what was pushed.
    /// </remarks>
    /// <param name="families">Those of the group that is to be.</param>
    /// <param name="pushedBlock">Where those of the push have their lines.</param>
    /// <param name="heldBefore">The bytes that the group held before the push.</param>
    public static long Pack(StoredFamily[] families, byte[] pushedBlock, long heldBefore)
    {
        long pushed = 0;
        long kept = 0;
        foreach (ref readonly StoredFamily family in families.AsSpan())
        {
            if (ReferenceEquals(family.Block, pushedBlock))
            {
                pushed += family.LinesLength;
            }
            else if (!family.OwnsBlock)
            {
                kept += family.LinesLength;
            }
        }
        if (kept == 0)
        {
            return pushed;
        }
        long held = heldBefore + pushed;
        bool pack = kept <= pushed || held > (2 * (kept + pushed)) + SlackBytes;
        if (!pack || kept + pushed > MaxPackedBytes)
        {
            return held;
        }
        return Move(families);
    }

    /// <summary>The bytes that a group's families hold if they were rendered together.</summary>
    public static long RetainedBy(StoredFamily[] families) => families.Sum(family => (long)family.LinesLength);

    /// <summary>Gives how many bytes were moved.</summary>
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
