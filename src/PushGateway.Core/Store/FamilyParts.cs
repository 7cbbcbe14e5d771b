using System.Collections;

namespace PushGateway.Core.Store;

/// <summary>Families of one name, as references into their groups.</summary>
/// <remarks>
/// In chunks that grow up to a fixed size: a list that doubles would leave a megabyte of large objects behind with each
/// scrape of 10,000 groups.
/// </remarks>
public sealed class FamilyParts : IEnumerable<StoredFamily>
{
    private const int FirstChunk = 4;
    private const int LargestChunk = 1024;

    private readonly List<Part[]> _chunks = [];
    private int _usedOfLast;

    /// <summary>How many chunks there are; each is worth writing at once.</summary>
    internal int ChunkCount => _chunks.Count;

    public IEnumerator<StoredFamily> GetEnumerator()
    {
        for (int i = 0; i < _chunks.Count; i++)
        {
            Part[] chunk = _chunks[i];
            int used = UsedOf(i);
            for (int j = 0; j < used; j++)
            {
                yield return chunk[j].Family;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal ReadOnlySpan<Part> Chunk(int index) => _chunks[index].AsSpan(0, UsedOf(index));

    internal void Add(MetricGroup group, int index)
    {
        if (_chunks.Count == 0 || _usedOfLast == _chunks[^1].Length)
        {
            _chunks.Add(new Part[_chunks.Count == 0 ? FirstChunk : Math.Min(4 * _chunks[^1].Length, LargestChunk)]);
            _usedOfLast = 0;
        }
        _chunks[^1][_usedOfLast++] = new Part(group, index);
    }

    private int UsedOf(int chunk) => chunk == _chunks.Count - 1 ? _usedOfLast : _chunks[chunk].Length;

    /// <summary>A family by its place in its group.</summary>
    internal readonly struct Part(MetricGroup group, int index)
    {
        public ref readonly StoredFamily Family => ref group.Families[index];
    }
}
