using System.Collections;

namespace PushGateway.Core.Store.Snapshots;

/// <summary>
/// The families that all groups of a snapshot have under one name, in the order of the groups: whole ones, or some of their
/// lines.
/// </summary>
public sealed class FamilyView : IEnumerable<StoredFamily>
{
    private readonly ChunkedList<StoredFamily[]> _groups;

    /// <summary>One of these two is null.</summary>
    private readonly ChunkedList<FamilyIndex.Position>? _positions;
    private readonly ChunkedList<LineRun>? _runs;

    /// <summary>Whole families.</summary>
    internal FamilyView(
        FamilyHeader header, ChunkedList<FamilyIndex.Position> positions, ChunkedList<StoredFamily[]> groups)
    {
        Header = header;
        _positions = positions;
        _groups = groups;
    }

    /// <summary>Some lines of families.</summary>
    internal FamilyView(FamilyHeader header, ChunkedList<LineRun> runs, ChunkedList<StoredFamily[]> groups)
    {
        Header = header;
        _runs = runs;
        _groups = groups;
    }

    /// <summary>The header that the first group has. Its type and help are shown for all.</summary>
    public FamilyHeader Header { get; }

    /// <summary>The number of parts: of groups that have the family, or of lines in a row.</summary>
    public int Count => _positions?.Count ?? _runs!.Count;

    /// <summary>The whole family that a part is of.</summary>
    public ref readonly StoredFamily this[int index]
    {
        get
        {
            FamilyIndex.Position position = _runs is null ? _positions![index] : _runs[index].Position;
            return ref _groups[position.Group][position.Family];
        }
    }

    public bool HasNamesToEscape(int index) =>
        _runs is null ? this[index].HasNamesToEscape : _runs[index].HasNamesToEscape;

    public ReadOnlySpan<byte> LinesOf(int index) => _runs is null ? this[index].Lines : _runs[index].Lines;

    /// <summary>A part as a family.</summary>
    public StoredFamily PartAt(int index)
    {
        ref readonly StoredFamily family = ref this[index];
        return _runs is null || _runs[index].Length == family.LinesLength
            ? family
            : family with
            {
                LinesStart = _runs[index].Start,
                LinesLength = _runs[index].Length,
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
internal readonly record struct LineRun(
    byte[] Block, int Start, int Length, FamilyIndex.Position Position, bool HasNamesToEscape)
{
    public ReadOnlySpan<byte> Lines => Block.AsSpan(Start, Length);
}
