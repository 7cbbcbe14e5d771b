using System.Collections;

namespace PushGateway.Core.Store.Snapshots;

/// <summary>
/// The families of one name in all groups of a snapshot, in the order of the groups: whole families, or some of their
/// lines.
/// </summary>
public sealed class FamilyView : IEnumerable<StoredFamily>
{
    private readonly ChunkedList<FamilyIndex.Position> _positions;
    private readonly ChunkedList<StoredFamily[]> _groups;

    /// <param name="positions">The families that have a part, in the order of the parts.</param>
    /// <param name="runs">The lines of each part; null for all.</param>
    internal FamilyView(
        FamilyHeader header,
        ChunkedList<FamilyIndex.Position> positions,
        ChunkedList<StoredFamily[]> groups,
        ChunkedList<LineRun>? runs = null)
    {
        Header = header;
        _positions = positions;
        _groups = groups;
        Runs = runs;
    }

    /// <summary>The header of the first group. Its type and help are shown for all groups.</summary>
    public FamilyHeader Header { get; }

    /// <summary>The number of parts: groups that have the family, or runs of lines.</summary>
    public int Count => _positions.Count;

    /// <summary>The lines of each part; null if each is a whole family.</summary>
    internal ChunkedList<LineRun>? Runs { get; }

    /// <summary>The whole family of a part.</summary>
    public ref readonly StoredFamily this[int index]
    {
        get
        {
            FamilyIndex.Position position = _positions[index];
            return ref _groups[position.Group][position.Family];
        }
    }

    /// <summary>A part as a family.</summary>
    public StoredFamily PartAt(int index)
    {
        ref readonly StoredFamily family = ref this[index];
        return Runs is null || Runs[index].Length == family.LinesLength
            ? family
            : family with
            {
                LinesStart = Runs[index].Start,
                LinesLength = Runs[index].Length,
                Supplement = LineSupplement.WithOrder(null),
            };
    }

    public IEnumerator<StoredFamily> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return PartAt(i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Consecutive lines of a family, at least one.</summary>
/// <remarks>Contains what the text format needs, since looking it up again in each family would usually be a cache miss.</remarks>
/// <param name="Start">The offset in the block of the family.</param>
internal readonly record struct LineRun(byte[] Block, int Start, int Length, bool HasNamesToEscape)
{
    public ReadOnlySpan<byte> Lines => Block.AsSpan(Start, Length);
}
