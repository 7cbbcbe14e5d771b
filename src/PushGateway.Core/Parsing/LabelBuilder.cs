namespace PushGateway.Core.Parsing;

/// <summary>Why a label of a sample is invalid.</summary>
internal enum LabelFault
{
    None,

    /// <summary>The name is <c>__name__</c>.</summary>
    ReservedName,
    InvalidName,
    NameTwice,
    InvalidValue,

    /// <summary>The bound is not a number.</summary>
    InvalidBound,

    /// <summary>The label exceeds a limit: see <see cref="LimitCounter.Excess"/>.</summary>
    Excess,
}

/// <summary>
/// Collects and checks the labels of the current sample. The bound, which is the quantile or bucket of a summary or
/// histogram, is not among them.
/// </summary>
internal sealed class LabelBuilder(NameValidation validation, int bodyLength, BodyLimits limits)
{
    /// <summary>Typical for gauges with two labels.</summary>
    private const int BodyBytesPerLabel = 48;

    private readonly SampleLabels _labels = new(bodyLength / BodyBytesPerLabel);
    private Utf8String _boundName;
    private bool _hasBoundName;

    /// <summary>The labels of the current sample that are not stored, because there are too many.</summary>
    private long _excess;

    /// <summary>Counts the contents of a body, including series and families.</summary>
    public LimitCounter Limits = new(limits);

    /// <summary>Whether the name of the sample, and thus the name of the bound, is known.</summary>
    public bool HasName { get; private set; }

    /// <summary>The quantile, or the upper bound of the bucket; NaN if the sample has none.</summary>
    public double Bound { get; private set; }

    public bool HasBound { get; private set; }

    /// <inheritdoc cref="SampleLabels.Span"/>
    public ReadOnlySpan<Label> Span => _labels.Span;

    /// <summary>Begins a sample. Its name may follow among the labels.</summary>
    public void BeginSample()
    {
        BeginLabels();
        HasName = false;
        _hasBoundName = false;
    }

    /// <summary>Clears the labels before those of a sample.</summary>
    public void BeginLabels()
    {
        _labels.Clear();
        _excess = 0;
        Bound = double.NaN;
        HasBound = false;
    }

    /// <summary>Sets the name of the bound, once the name of the sample is known.</summary>
    /// <param name="boundName">The label that is the bound; empty if none is. In braces, it can precede the sample's name.</param>
    /// <param name="bound">The text of a bound that preceded the name.</param>
    public LabelFault SetBoundName(Utf8String boundName, out Utf8String bound)
    {
        HasName = true;
        _boundName = boundName;
        _hasBoundName = !boundName.IsEmpty;
        bound = default;
        return _hasBoundName && _labels.Count > 0 && _labels.TryRemove(boundName, out bound) ? SetBound(bound) : LabelFault.None;
    }

    /// <summary>Checks a name before its value is read.</summary>
    public LabelFault CheckName(Utf8String name)
    {
        if (name.Span.SequenceEqual("__name__"u8))
        {
            return LabelFault.ReservedName;
        }
        if (!NameRules.IsValidLabelName(name, validation))
        {
            return LabelFault.InvalidName;
        }
        if (!IsBound(name) && _labels.HasName(name))
        {
            return LabelFault.NameTwice;
        }
        return Limits.CheckName(name, "label name of a series") ? LabelFault.None : LabelFault.Excess;
    }

    /// <summary>Adds a label with a name that was checked.</summary>
    public LabelFault Add(Utf8String name, Utf8String value)
    {
        if (!value.IsValidUtf8)
        {
            return LabelFault.InvalidValue;
        }
        if (IsBound(name))
        {
            return SetBound(value);
        }

        // If the name comes later, one of these labels may be the bound.
        if (_labels.Count - (HasName ? 0 : 1) >= Limits.MaxLabels)
        {
            _excess++;
            return LabelFault.None;
        }
        if (!Limits.CheckValue(value))
        {
            return LabelFault.Excess;
        }
        _labels.Add(new Label(name, value));
        return LabelFault.None;
    }

    /// <summary>Ends the labels of a sample. False if there are too many.</summary>
    public bool End(ReadOnlySpan<byte> family) => _excess == 0 || Limits.FailLabels(family, _labels.Count + _excess);

    /// <inheritdoc cref="SampleLabels.Detach"/>
    public LabelSet Detach() => _labels.Detach();

    private bool IsBound(Utf8String name) => _hasBoundName && name == _boundName;

    private LabelFault SetBound(Utf8String text)
    {
        bool isNumber = GoNumber.TryParse(text.Span, out double bound);
        Bound = bound;
        HasBound = true;
        return isNumber ? LabelFault.None : LabelFault.InvalidBound;
    }
}
