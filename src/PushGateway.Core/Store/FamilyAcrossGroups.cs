using System.Collections;

namespace PushGateway.Core.Store;

/// <summary>The families that all groups of a snapshot have under one name, in the order of the groups.</summary>
/// <remarks>In chunks, which are no large objects however many groups there are.</remarks>
public sealed class FamilyAcrossGroups : IEnumerable<StoredFamily>
{
    private const int ChunkParts = 1024;

    private readonly Part[][] _chunks;
    private int _count;

    /// <param name="count">How many parts will be added.</param>
    internal FamilyAcrossGroups(FamilyHeader header, int count)
    {
        Header = header;
        _chunks = new Part[(count + ChunkParts - 1) / ChunkParts][];
        for (int i = 0; i < _chunks.Length; i++)
        {
            _chunks[i] = new Part[Math.Min(ChunkParts, count - (i * ChunkParts))];
        }
    }

    /// <summary>That of the first group, whose type and help are shown for all.</summary>
    public FamilyHeader Header { get; }

    /// <summary>In how many groups it is.</summary>
    public int Count => _count;

    /// <summary>That of one of the groups.</summary>
    public ref readonly StoredFamily this[int index] => ref PartAt(index).Family;

    public IEnumerator<StoredFamily> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(MetricGroup group, int index)
    {
        _chunks[_count / ChunkParts][_count % ChunkParts] = new Part(group, index);
        _count++;
    }

    /// <summary>Where a scrape finds what it copies, without going through the group again.</summary>
    internal ref readonly Part PartAt(int index) => ref _chunks[index / ChunkParts][index % ChunkParts];

    /// <summary>The family of one group.</summary>
    internal readonly struct Part
    {
        private readonly MetricGroup _group;
        private readonly byte[] _block;
        private readonly int _index;
        private readonly int _linesStart;
        private readonly int _linesLength;

        public Part(MetricGroup group, int index)
        {
            ref readonly StoredFamily family = ref group.Families[index];
            _group = group;
            _index = index;
            _block = family.Block;
            _linesStart = family.LinesStart;
            _linesLength = family.LinesLength;
            HasNamesToEscape = family.HasNamesToEscape;
        }

        public ref readonly StoredFamily Family => ref _group.Families[_index];

        /// <inheritdoc cref="StoredFamily.Lines"/>
        public ReadOnlySpan<byte> Lines => _block.AsSpan(_linesStart, _linesLength);

        /// <inheritdoc cref="StoredFamily.HasNamesToEscape"/>
        public bool HasNamesToEscape { get; }
    }
}
