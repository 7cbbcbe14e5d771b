using System.Runtime.InteropServices;

namespace PushGateway.Core.Parsing;

/// <content>Samples: names and labels.</content>
internal sealed partial class OpenMetricsBuilder
{
    private readonly SeriesTally _series = new();

    /// <summary>Metrics by the hash of family and labels, if exact.</summary>
    private Dictionary<UInt128, Metric>? _metrics;
    private Utf8String _sampleName;
    private SampleRole _role;
    private Metric? _metric;

    /// <summary>The labels of the current sample.</summary>
    public LabelBuilder Labels => _labels;

    /// <inheritdoc cref="OpenMetricsFamilyState.BoundName"/>
    public Utf8String BoundName => _family!.BoundName;

    /// <summary>Whether the sample is a time: the value of <c>_created</c>.</summary>
    public bool IsCreated => _role == SampleRole.Created;

    /// <summary>Whether the sample may have an exemplar. Prometheus accepts one for every sample.</summary>
    public bool MayHaveExemplar =>
        _role == SampleRole.Bucket || (_role == SampleRole.Value && _family!.Type == OpenMetricsType.Counter);

    /// <summary>Assigns a sample to a family.</summary>
    public string? SetSampleName(Utf8String name)
    {
        _labels.BeginSample();
        if ((_family?.Stored is null || name != _sampleName) && FindFamily(name) is { } expected)
        {
            return expected;
        }
        _sampleName = name;
        _labels.SetBoundName(_family!.BoundName, out _);
        return null;
    }

    /// <summary>Checks a name before its value is read.</summary>
    public string? AddLabel(Utf8String name)
    {
        LabelFault fault = _labels.CheckName(name);
        return fault == LabelFault.None ? null : Describe(fault, name);
    }

    /// <summary>Adds a label with a name that was checked.</summary>
    public string? SetLabelValue(Utf8String name, Utf8String value)
    {
        LabelFault fault = _labels.Add(name, value);
        return fault == LabelFault.None ? null : Describe(fault, name);
    }

    /// <summary>Ends the labels, and selects the metric of the sample or adds it.</summary>
    public string? EndLabels()
    {
        if (!_labels.End(_family!.Name.Span))
        {
            return _labels.Limits.Excess!.Message;
        }
        if (FindLabelFault() is { } expected)
        {
            return expected;
        }
        if (IsLastMetric())
        {
            return _family.IsAssembled ? null : Once();
        }
        return isExact ? SelectMetric() : AddMetric();
    }

    /// <summary>Selects the family of a sample, or begins one. Without metadata, its type is unknown.</summary>
    private string? FindFamily(Utf8String name)
    {
        if (_family is { } family
            && name.Span.StartsWith(family.Name.Span)
            && family.Type.RoleOf(name.Span[family.Name.Length..]) is { } role)
        {
            _role = role;
            return null;
        }
        if (name == _family?.Name)
        {
            string names = string.Join(" or ", _family.Type.SampleNames(name));
            return $"{names}, a sample of {_family.Type.Name()} {Quote(name)}";
        }
        _role = SampleRole.Value;
        return BeginFamily(name);
    }

    private string? FindLabelFault()
    {
        bool takesBound = _role == SampleRole.Bucket
            || (_role == SampleRole.Value && _family!.Type == OpenMetricsType.Summary);
        if (_labels.HasBound != takesBound)
        {
            return takesBound ? $"a label {BoundName}" : $"no label {BoundName}";
        }
        if (takesBound && double.IsNaN(_labels.Bound))
        {
            return $"a label {BoundName} other than NaN";
        }
        return _family!.Type == OpenMetricsType.StateSet && !HasLabel(_family.Name)
            ? $"a label {_family.Name} with the name of a state"
            : null;
    }

    private bool HasLabel(Utf8String name)
    {
        foreach (ref readonly Label label in _labels.Span)
        {
            if (label.Name == name)
            {
                return true;
            }
        }
        return false;
    }

    private string? SelectMetric()
    {
        UInt128 series = SeriesHash.Of(_family!.Name.Span, _labels.Span);
        ref Metric? metric = ref CollectionsMarshal.GetValueRefOrAddDefault(_metrics ??= [], series, out bool exists);
        if (exists && !_family.IsAssembled)
        {
            return Once();
        }
        if (metric is null && AddMetric() is { } excess)
        {
            return excess;
        }
        metric ??= _metric;
        _metric = metric;
        return null;
    }

    private string? AddMetric()
    {
        if (!_labels.Limits.AddSeries())
        {
            return _labels.Limits.Excess!.Message;
        }
        if (!isExact)
        {
            _series.Add(_labels.Span);
        }
        _metric = new Metric { Labels = _labels.Detach() };
        _family!.Add(_metric, _family.Stored is null ? StoredName() : default);
        return null;
    }

    /// <summary>The name that Prometheus gives the family: that of its samples, if all have the same name.</summary>
    private Utf8String StoredName() =>
        _family!.Type is not (OpenMetricsType.Counter or OpenMetricsType.Info) ? _family.Name
        : _role == SampleRole.Value ? _sampleName
        : _family.Type.SampleNames(_family.Name).First();

    private bool IsLastMetric() => _metric is not null && _metric.Labels.Span.SequenceEqual(_labels.Span);

    private string Once() => $"each sample once, found {Quote(_sampleName)} with the same labels again";

    private string Describe(LabelFault fault, Utf8String name) => fault switch
    {
        LabelFault.ReservedName => "a label name other than __name__",
        LabelFault.InvalidName => $"a valid label name, found {Quote(name)}",
        LabelFault.NameTwice => $"each label once, found {Quote(name)} again",
        LabelFault.InvalidValue => $"a value of label {Quote(name)} in UTF-8",
        LabelFault.InvalidBound => $"a number as the value of label {Quote(name)}",
        _ => _labels.Limits.Excess!.Message,
    };
}
