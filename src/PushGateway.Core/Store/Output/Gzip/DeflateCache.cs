namespace PushGateway.Core.Store.Output.Gzip;

/// <summary>The compressed chunks of the last scrape, by family. Thread-safe. Of concurrent scrapes, the last one to finish counts.</summary>
public sealed class DeflateCache
{
    private volatile Dictionary<Utf8String, DeflatedChunk[]> _chunks = [];
    private long _compressed;

    /// <summary>The number of chunks compressed so far.</summary>
    internal long Compressed => Interlocked.Read(ref _compressed);

    /// <summary>Whether it holds no memory.</summary>
    public bool IsEmpty => _chunks.Count == 0;

    /// <summary>Releases all memory.</summary>
    public void Clear() => _chunks = [];

    /// <summary>The chunks of a family, by the stamp of their first part.</summary>
    internal Dictionary<long, DeflatedChunk> Find(Utf8String family) =>
        _chunks.TryGetValue(family, out DeflatedChunk[]? chunks) ? chunks.ToDictionary(chunk => chunk.Stamps[0]) : [];

    /// <summary>Replaces the content by the chunks of a scrape.</summary>
    internal void Replace(Dictionary<Utf8String, DeflatedChunk[]> chunks, int compressed)
    {
        _chunks = chunks;
        Interlocked.Add(ref _compressed, compressed);
    }
}
