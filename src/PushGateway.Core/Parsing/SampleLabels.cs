namespace PushGateway.Core.Parsing;

/// <summary>
/// The labels of the current sample in order, in an array that it shares with the metrics of earlier samples.
/// </summary>
/// <param name="expectedCount">
/// The approximate number of labels of the body, so that a small push needs one array.
/// </param>
internal sealed class SampleLabels(int expectedCount)
{
    /// <summary>With more labels than this, hashes their names, so that the check for duplicates takes linear time.</summary>
    private const int FewLabels = 16;

    private const int MinArrayLabels = 4;
    private const int MaxFirstArrayLabels = 64;
    private const int MaxArrayLabels = 1024;

    private Label[] _array = [];
    private int _start;
    private int _end;
    private HashSet<Utf8String>? _names;

    /// <summary>Valid until the next change.</summary>
    public ReadOnlySpan<Label> Span => _array.AsSpan(_start, Count);

    public int Count => _end - _start;

    /// <summary>Begins a sample, and drops labels that were not detached.</summary>
    public void Clear()
    {
        _end = _start;
        _names?.Clear();
    }

    public void Add(Label label)
    {
        if (_end == _array.Length)
        {
            Grow();
        }
        _array[_end++] = label;
        if (_names is { Count: > 0 })
        {
            _names.Add(label.Name);
        }
    }

    /// <summary>Hands the labels over to a metric.</summary>
    public LabelSet Detach()
    {
        var labels = new LabelSet(_array, _start, Count);
        _start = _end;
        _names?.Clear();
        return labels;
    }

    public bool HasName(Utf8String name)
    {
        if (Count > FewLabels)
        {
            if (_names is not { Count: > 0 })
            {
                _names = [.. _array.Skip(_start).Take(Count).Select(label => label.Name)];
            }
            return _names.Contains(name);
        }
        return IndexOf(name) >= 0;
    }

    public bool TryRemove(Utf8String name, out Utf8String value)
    {
        int index = IndexOf(name);
        value = index < 0 ? default : Span[index].Value;
        if (index < 0)
        {
            return false;
        }
        Span[(index + 1)..].CopyTo(_array.AsSpan(_start + index));
        _end--;
        _names?.Remove(name);
        return true;
    }

    private int IndexOf(Utf8String name)
    {
        ReadOnlySpan<Label> labels = Span;
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i].Name == name)
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>Moves the current labels to a new array. Earlier metrics refer to the old one.</summary>
    private void Grow()
    {
        int size = _array.Length == 0
            ? Math.Clamp(expectedCount, MinArrayLabels, MaxFirstArrayLabels)
            : Math.Min(2 * _array.Length, MaxArrayLabels);
        size = Math.Max(size, 2 * Count);
        var larger = new Label[size];
        Span.CopyTo(larger);
        _end = Count;
        _start = 0;
        _array = larger;
    }
}
