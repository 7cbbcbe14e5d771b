namespace PushGateway.Core.Store.Snapshots;

/// <summary>
/// Which groups have which families, by name. A scrape needs this to write family after family. Most pushes only have new
/// values for the same families, so the index stays valid and successive snapshots share it.
/// </summary>
/// <remarks>
/// Building it takes 4 ms for 10,000 groups of 7 families, of the 10 ms that a scrape takes without a network.
/// </remarks>
internal sealed class FamilyIndex
{
    private Entry[]? _entries;

    /// <summary>The families that have metrics, by name. The first call builds the index.</summary>
    /// <param name="groups">The families of each group of a snapshot that shares the index, in the order of the
    /// groups.</param>
    public FamilyView[] ViewsOf(ChunkedList<StoredFamily[]> groups) =>
        Array.ConvertAll(_entries ??= Build(groups), entry => new FamilyView(entry.Header, entry.Positions, groups));

    private static Entry[] Build(ChunkedList<StoredFamily[]> groups)
    {
        var byName = new Dictionary<Utf8String, Entry>();
        for (int group = 0; group < groups.Count; group++)
        {
            StoredFamily[] families = groups[group];
            for (int i = 0; i < families.Length; i++)
            {
                if (families[i].MetricCount == 0)
                {
                    continue;
                }
                FamilyHeader header = families[i].Header;
                if (!byName.TryGetValue(header.Name, out Entry? entry))
                {
                    entry = new Entry(header, new ChunkedList<Position>());
                    byName.Add(header.Name, entry);
                }
                entry.Positions.Add(new Position(group, i));
            }
        }
        Entry[] entries = [.. byName.Values];
        Array.Sort(entries, (a, b) => a.Header.Name.CompareTo(b.Header.Name));
        return entries;
    }

    /// <param name="Group">Index of the group among the snapshot's groups.</param>
    /// <param name="Family">Index of the family among the group's families.</param>
    internal readonly record struct Position(int Group, int Family);

    /// <param name="Header">The header of the first group.</param>
    private sealed record Entry(FamilyHeader Header, ChunkedList<Position> Positions);
}

/// <summary>
/// A list in chunks. With 10,000 groups, a plain list would be a large object and leave others behind as it grows.
/// </summary>
internal sealed class ChunkedList<T>
{
    private const int ChunkLength = 1024;
    private const int FirstLength = 4;

    private readonly List<T[]> _chunks = [];

    public int Count { get; private set; }

    public T this[int index] => _chunks[index / ChunkLength][index % ChunkLength];

    public void Add(T item)
    {
        int used = Count % ChunkLength;
        if (used == 0)
        {
            _chunks.Add(new T[Count == 0 ? FirstLength : ChunkLength]);
        }
        else if (used == _chunks[^1].Length)
        {
            var larger = new T[Math.Min(4 * used, ChunkLength)];
            _chunks[^1].CopyTo(larger, 0);
            _chunks[^1] = larger;
        }
        _chunks[^1][used] = item;
        Count++;
    }
}
