namespace PushGateway.Core.Store.Rendering;

/// <summary>
/// Arrays of replaced groups that no snapshot contains, for the next push on the same thread to reuse. Between two
/// scrapes, a job's pushes then leave the garbage collector nothing to copy.
/// </summary>
/// <remarks>
/// Without it, with random pushes to 10,000 groups, 3.6 KB a push survived a collection, and pauses took 3 to 4 % of
/// the time; see bench/results/profile-2026-11-25.md.
/// </remarks>
internal static class PushBufferCache
{
    /// <summary>Larger blocks are not cached, so that a thread does not retain a large push.</summary>
    private const int MaxBlockBytes = 64 * 1024;

    private const int MaxFamilies = 256;

    /// <summary>A block may be longer than its lines by this fraction of them.</summary>
    private const int SlackDivisor = 8;

    private const int BlockAlignment = 128;

    [ThreadStatic]
    private static byte[]? _block;

    [ThreadStatic]
    private static UInt128[]? _hashes;

    [ThreadStatic]
    private static StoredFamily[]? _families;

    [ThreadStatic]
    private static StoredFamily[]? _moreFamilies;

    /// <summary>A block that starts with these lines and may be slightly longer.</summary>
    public static byte[] BlockOf(PooledBuffer buffer)
    {
        ReadOnlySpan<byte> lines = buffer.WrittenSpan;
        byte[] cached = _block ?? [];
        if (Math.Abs(cached.Length - lines.Length) > lines.Length / SlackDivisor)
        {
            return buffer.Detach(SlackDivisor);
        }
        if (cached.Length < lines.Length)
        {
            // The length of values varies by a byte or so: with some room, the next push fits again.
            cached = new byte[(lines.Length + BlockAlignment - 1) / BlockAlignment * BlockAlignment];
        }
        _block = null;
        lines.CopyTo(cached);
        return cached;
    }

    /// <summary>An array whose hashes the caller overwrites.</summary>
    public static UInt128[] Hashes(int count)
    {
        if (_hashes is { } cached && cached.Length == count)
        {
            _hashes = null;
            return cached;
        }
        return new UInt128[count];
    }

    /// <summary>An array of empty families.</summary>
    public static StoredFamily[] Families(int count)
    {
        if (_families is { } cached && cached.Length == count)
        {
            _families = _moreFamilies;
            _moreFamilies = null;
            return cached;
        }
        return new StoredFamily[count];
    }

    public static void Return(byte[] block)
    {
        if (block.Length <= MaxBlockBytes)
        {
            _block = block;
        }
    }

    public static void Return(UInt128[] hashes)
    {
        if (hashes.Length <= MaxBlockBytes / 16)
        {
            _hashes = hashes;
        }
    }

    /// <summary>Clears the families and caches the array.</summary>
    public static void Return(StoredFamily[] families)
    {
        if (families.Length <= MaxFamilies)
        {
            Array.Clear(families);
            _moreFamilies = _families;
            _families = families;
        }
    }
}
