namespace PushGateway.Core.Store.Output.Gzip;

/// <summary>What the last scrapes compressed, by family. Thread-safe: of concurrent scrapes, the last one to finish is remembered.</summary>
public sealed class DeflateCache
{
    private volatile Dictionary<Utf8String, DeflatedChunk[]> _chunks = [];
    private long _compressed;

    /// <summary>How many chunks were compressed so far.</summary>
    internal long Compressed => Interlocked.Read(ref _compressed);

    /// <summary>Whether it takes no memory.</summary>
    public bool IsEmpty => _chunks.Count == 0;

    /// <summary>Gives all memory up.</summary>
    public void Clear() => _chunks = [];

    /// <summary>The chunks of a family, by the stamp of their first part.</summary>
    internal Dictionary<long, DeflatedChunk> Find(Utf8String family) =>
        _chunks.TryGetValue(family, out DeflatedChunk[]? chunks) ? chunks.ToDictionary(chunk => chunk.Stamps[0]) : [];

    /// <summary>Replaces all by what a scrape has written.</summary>
    internal void Replace(Dictionary<Utf8String, DeflatedChunk[]> chunks, int compressed)
    {
        _chunks = chunks;
        Interlocked.Add(ref _compressed, compressed);
    }
}
