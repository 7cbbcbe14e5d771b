using System.Collections;

namespace PushGateway.Core.Store.Snapshots;

/// <summary>
/// The families that all groups of a snapshot have under one name, in the order of the groups: whole ones, or some of their
/// lines.
/// </summary>
public sealed class FamilyView : IEnumerable<StoredFamily>
{
    private readonly ChunkedList<FamilyIndex.Position> _positions;
    private readonly ChunkedList<StoredFamily[]> _groups;

    /// <param name="positions">The families that have a part, in the order of the parts.</param>
    /// <param name="runs">Which lines of them; null for all.</param>
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

    /// <summary>The header that the first group has. Its type and help are shown for all.</summary>
    public FamilyHeader Header { get; }

    /// <summary>The number of parts: of groups that have the family, or of lines in a row.</summary>
    public int Count => _positions.Count;

    /// <summary>The lines of each part; null if each is a whole family.</summary>
    internal ChunkedList<LineRun>? Runs { get; }

    /// <summary>The whole family that a part is of.</summary>
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

/// <summary>Lines of a family in a row, at least one.</summary>
/// <remarks>Has what the text format needs: to look it up again in each family would mostly be a wait for memory.</remarks>
/// <param name="Start">Its place in the block of the family.</param>
internal readonly record struct LineRun(byte[] Block, int Start, int Length, bool HasNamesToEscape)
{
    public ReadOnlySpan<byte> Lines => Block.AsSpan(Start, Length);
}
