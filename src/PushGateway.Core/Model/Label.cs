using System.Collections;
using System.Runtime.CompilerServices;

namespace PushGateway.Core.Model;

/// <summary>A label's name and value, unescaped. In protobuf either can be absent, which counts as empty.</summary>
public readonly record struct Label(Utf8String Name, Utf8String Value)
{
    public Label(string name, string value)
        : this(new Utf8String(name), new Utf8String(value))
    {
    }

    /// <summary>The name as a field of a message: null if it is absent.</summary>
    internal Utf8String? NameField => Name.IsAbsent ? null : Name;

    /// <summary>The value as a field of a message: null if it is absent.</summary>
    internal Utf8String? ValueField => Value.IsAbsent ? null : Value;

    /// <summary>A copy that owns its memory.</summary>
    public Label Copy() => new(Name.Copy(), Value.Copy());
}

/// <summary>
/// The labels of one metric in order, as part of an array that the metrics of a push share.
/// </summary>
/// <remarks>Separate arrays would cost 24 bytes and one object per metric.</remarks>
[CollectionBuilder(typeof(LabelSet), nameof(Create))]
public readonly struct LabelSet : IReadOnlyList<Label>
{
    private readonly Label[]? _labels;
    private readonly int _start;

    public LabelSet(Label[] labels, int start, int length)
    {
        _labels = labels;
        _start = start;
        Length = length;
    }

    public int Length { get; }

    public ReadOnlySpan<Label> Span => new(_labels, _start, Length);

    int IReadOnlyCollection<Label>.Count => Length;

    public Label this[int index] => Span[index];

    public static implicit operator LabelSet(Label[] labels) => new(labels, 0, labels.Length);

    public static implicit operator ReadOnlySpan<Label>(LabelSet labels) => labels.Span;

    public static LabelSet Create(ReadOnlySpan<Label> labels) => new(labels.ToArray(), 0, labels.Length);

    /// <summary>Whether no two labels have the same name.</summary>
    public static bool AreDistinct(ReadOnlySpan<Label> labels)
    {
        var names = new HashSet<Utf8String>(labels.Length);
        foreach (ref readonly Label label in labels)
        {
            if (!names.Add(label.Name))
            {
                return false;
            }
        }
        return true;
    }

    public ReadOnlySpan<Label>.Enumerator GetEnumerator() => Span.GetEnumerator();

    IEnumerator<Label> IEnumerable<Label>.GetEnumerator() =>
        new ArraySegment<Label>(_labels ?? [], _start, Length).AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<Label>)this).GetEnumerator();
}
