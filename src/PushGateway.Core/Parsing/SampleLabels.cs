using System.Runtime.InteropServices;
using PushGateway.Core.Model;

namespace PushGateway.Core.Parsing;

/// <summary>The labels of the sample that is being read, in their order.</summary>
internal sealed class SampleLabels
{
    /// <summary>Beyond so many labels names are hashed, lest comparing each with each takes for ever.</summary>
    private const int FewLabels = 16;

    private readonly List<Label> _labels = [];
    private HashSet<Utf8String>? _names;

    /// <summary>Valid until the next change.</summary>
    public ReadOnlySpan<Label> Span => CollectionsMarshal.AsSpan(_labels);

    public void Clear()
    {
        _labels.Clear();
        _names?.Clear();
    }

    public void Add(Label label)
    {
        _labels.Add(label);
        if (_names is { Count: > 0 })
        {
            _names.Add(label.Name);
        }
    }

    public bool HasName(Utf8String name)
    {
        if (_labels.Count > FewLabels)
        {
            if (_names is not { Count: > 0 })
            {
                _names = [.. _labels.Select(label => label.Name)];
            }
            return _names.Contains(name);
        }
        foreach (Label label in _labels)
        {
            if (label.Name == name)
            {
                return true;
            }
        }
        return false;
    }

    public bool TryRemove(Utf8String name, out Utf8String value)
    {
        int index = _labels.FindIndex(label => label.Name == name);
        value = index < 0 ? default : _labels[index].Value;
        if (index < 0)
        {
            return false;
        }
        _labels.RemoveAt(index);
        _names?.Remove(name);
        return true;
    }
}
