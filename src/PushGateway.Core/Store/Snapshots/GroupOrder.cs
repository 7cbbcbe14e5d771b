namespace PushGateway.Core.Store.Snapshots;

/// <summary>The places of the groups, sorted by their keys. Immutable.</summary>
/// <remarks>
/// The entries are in chunks, and orders share unchanged chunks. Adding or removing a group therefore costs a search and the
/// copy of one chunk, and comparing two orders skips the chunks that they share. A balanced tree needs three times the
/// memory, and is slower to read from end to end.
/// </remarks>
/// <typeparam name="TComparer">The order of the keys.</typeparam>
internal sealed partial class GroupOrder<TComparer>
    where TComparer : struct, IComparer<GroupingKey>
{
    public static readonly GroupOrder<TComparer> Empty = new([], 0);

    private const int ChunkEntries = 128;

    private readonly Chunk[] _chunks;

    private GroupOrder(Chunk[] chunks, int count)
    {
        _chunks = chunks;
        Count = count;
    }

    public int Count { get; }

    public IEnumerable<Entry> Entries => _chunks.SelectMany(chunk => chunk.Entries.Take(chunk.Count));

    public IEnumerable<int> Places
    {
        get
        {
            foreach (Chunk chunk in _chunks)
            {
                for (int i = 0; i < chunk.Count; i++)
                {
                    yield return chunk.Entries[i].Place;
                }
            }
        }
    }

    /// <param name="entries">Sorted.</param>
    public static GroupOrder<TComparer> Of(IEnumerable<Entry> entries)
    {
        Chunk[] chunks = [.. entries.Chunk(ChunkEntries).Select(chunk => new Chunk(owner: null, chunk, chunk.Length))];
        return new GroupOrder<TComparer>(chunks, chunks.Sum(chunk => chunk.Count));
    }

    public bool TryFind(GroupingKey key, out int place)
    {
        (int chunk, int index) = Find(_chunks, key);
        bool isFound = IsAt(_chunks, chunk, index, key);
        place = isFound ? _chunks[chunk].Entries[index].Place : -1;
        return isFound;
    }

    /// <summary>The entries from one key (inclusive) to another (exclusive). Neither key needs to exist.</summary>
    public IEnumerable<Entry> Between(GroupingKey start, GroupingKey end)
    {
        (int chunk, int index) = Find(_chunks, start);
        (int endChunk, int endIndex) = Find(_chunks, end);
        for (; chunk < endChunk || (chunk == endChunk && index < endIndex); chunk++, index = 0)
        {
            int last = chunk == endChunk ? endIndex : _chunks[chunk].Count;
            for (; index < last; index++)
            {
                yield return _chunks[chunk].Entries[index];
            }
        }
    }

    /// <summary>The entries that a later order has removed, and those that it has added.</summary>
    public (List<Entry> Removed, List<Entry> Added) DifferenceTo(GroupOrder<TComparer> later)
    {
        var removed = new List<Entry>();
        var added = new List<Entry>();
        var before = new Position(_chunks);
        var after = new Position(later._chunks);
        while (!before.IsAtEnd || !after.IsAtEnd)
        {
            if (before.TrySkipShared(ref after))
            {
                continue;
            }
            bool isSame = !before.IsAtEnd && !after.IsAtEnd && before.Current.IsSame(after.Current);
            int order = isSame ? 0
                : before.IsAtEnd ? 1
                : after.IsAtEnd ? -1
                : default(TComparer).Compare(before.Current.Key, after.Current.Key);
            if (order <= 0)
            {
                removed.AddRange(isSame ? [] : [before.Current]);
                before.Advance();
            }
            if (order >= 0)
            {
                added.AddRange(isSame ? [] : [after.Current]);
                after.Advance();
            }
        }
        return (removed, added);
    }

    public Builder ToBuilder() => new(this);

    /// <summary>The position of the first entry not before a key, which is where the key is or belongs.</summary>
    private static (int Chunk, int Index) Find(ReadOnlySpan<Chunk> chunks, GroupingKey key)
    {
        int low = 0;
        int high = chunks.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            bool startsBefore = default(TComparer).Compare(chunks[middle].Entries[0].Key, key) < 0;
            (low, high) = startsBefore ? (middle + 1, high) : (low, middle);
        }
        if (low == 0)
        {
            return (0, 0);
        }

        // In the last chunk that starts before the key, or at its end.
        Chunk chunk = chunks[low - 1];
        int first = 1;
        int end = chunk.Count;
        while (first < end)
        {
            int middle = (first + end) >> 1;
            bool isBefore = default(TComparer).Compare(chunk.Entries[middle].Key, key) < 0;
            (first, end) = isBefore ? (middle + 1, end) : (first, middle);
        }
        return first == chunk.Count && low < chunks.Length ? (low, 0) : (low - 1, first);
    }

    private static bool IsAt(ReadOnlySpan<Chunk> chunks, int chunk, int index, GroupingKey key) =>
        chunk < chunks.Length && index < chunks[chunk].Count && chunks[chunk].Entries[index].Key == key;

    internal readonly record struct Entry(GroupingKey Key, int Place)
    {
        public bool IsSame(Entry other) => ReferenceEquals(Key, other.Key) && Place == other.Place;
    }

    /// <summary>Consecutive entries, at least one.</summary>
    /// <param name="owner">The only builder that may change the chunk; null for none.</param>
    private sealed class Chunk(object? owner, Entry[] entries, int count)
    {
        public object? Owner { get; } = owner;

        public Entry[] Entries { get; private set; } = entries;

        public int Count { get; private set; } = count;

        public Chunk CopyFor(object owner, int start, int count)
        {
            var entries = new Entry[Math.Min(ChunkEntries, count + (count / 4) + 1)];
            Entries.AsSpan(start, count).CopyTo(entries);
            return new Chunk(owner, entries, count);
        }

        public void Insert(int index, Entry entry)
        {
            if (Count == Entries.Length)
            {
                var larger = new Entry[Math.Min(ChunkEntries, Math.Max(4, 2 * Count))];
                Entries.CopyTo(larger);
                Entries = larger;
            }
            Entries.AsSpan(index, Count - index).CopyTo(Entries.AsSpan(index + 1));
            Entries[index] = entry;
            Count++;
        }

        public void RemoveAt(int index)
        {
            Entries.AsSpan(index + 1, Count - index - 1).CopyTo(Entries.AsSpan(index));
            Entries[--Count] = default;
        }
    }

    /// <summary>A position in a list of chunks.</summary>
    private struct Position(Chunk[] chunks)
    {
        private int _chunk;
        private int _index;

        public readonly bool IsAtEnd => _chunk == chunks.Length;

        public readonly Entry Current => chunks[_chunk].Entries[_index];

        public void Advance()
        {
            if (++_index == chunks[_chunk].Count)
            {
                _chunk++;
                _index = 0;
            }
        }

        /// <summary>Skips a shared chunk if both are at its start.</summary>
        public bool TrySkipShared(ref Position other)
        {
            if (IsAtEnd || other.IsAtEnd || _index > 0 || other._index > 0 || Chunk != other.Chunk)
            {
                return false;
            }
            _chunk++;
            other._chunk++;
            return true;
        }

        private readonly Chunk Chunk => chunks[_chunk];
    }
}

/// <summary>The order of expositions.</summary>
internal readonly struct ExpositionOrder : IComparer<GroupingKey>
{
    public int Compare(GroupingKey? left, GroupingKey? right) => left!.CompareTo(right);
}
