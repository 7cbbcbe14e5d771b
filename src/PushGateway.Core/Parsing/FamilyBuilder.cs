using System.Runtime.InteropServices;

namespace PushGateway.Core.Parsing;

/// <summary>
/// Builds families from the names, labels and values of lines. Handles families, but no bytes. Methods return an error
/// without the line number, or null.
/// </summary>
/// <remarks>
/// The lines of a summary or histogram (quantiles or buckets, <c>_sum</c> and <c>_count</c>) with the same other labels
/// form one metric. A name with such a suffix belongs to an earlier family with the name without the suffix.
/// </remarks>
internal sealed class FamilyBuilder(NameValidation validation, int bodyLength, BodyLimits limits)
{
    private readonly Dictionary<Utf8String, FamilyState> _families = [];

    private Dictionary<UInt128, Metric>? _assembled;
    private readonly LabelBuilder _labels = new(validation, bodyLength, limits);

    private Utf8String _name;
    private FamilyState? _family;
    private SampleRole _role;
    private Metric? _metric;
    private FamilyState? _metricFamily;
    private bool _metricIsExtended;
    private bool _hasRepeatedMetrics;

    /// <summary>The labels of the current sample.</summary>
    public LabelBuilder Labels => _labels;

    public ReadOnlySpan<byte> FamilyName => _family is null ? default : _family.Family.Name.Span;

    /// <inheritdoc cref="FamilyState.BoundName"/>
    public Utf8String BoundName => _family!.BoundName;

    /// <summary>The exceeded limit, if it caused the last error.</summary>
    /// <param name="isAtEnd">Whether the current line is the last one.</param>
    public PushError? ExcessAt(bool isAtEnd) => _labels.Limits.ExcessAt(isAtEnd);

    public bool HasHelp => _family!.Family.Help is not null;

    public bool HasType => _family!.HasType;

    /// <summary>The families that have metrics.</summary>
    public List<MetricFamily> Finish()
    {
        var families = new List<MetricFamily>(_families.Count);
        foreach (FamilyState state in _families.Values)
        {
            MetricFamily family = state.Family;
            if (_hasRepeatedMetrics)
            {
                CopyRepeated(family.Metrics);
            }
            if (family.Metrics.Count > 0)
            {
                families.Add(family);
            }
            if (state.IsHistogram)
            {
                family.Metrics.ForEach(metric => DistributionBuilder.UnifyCounts(metric.Histogram!));
            }
        }
        return families;
    }

    /// <summary>Selects the family of a name, or adds it.</summary>
    public string? SetFamily(Utf8String name)
    {
        if (_family is not null && name == _name)
        {
            return null;
        }
        if (!TryFindFamily(name))
        {
            if (!NameRules.IsValidMetricName(name, validation))
            {
                return $"invalid metric name {GoQuote.Quote(name.Span)}";
            }
            if (!_labels.Limits.CheckName(name, "metric name") || !_labels.Limits.AddFamily())
            {
                return _labels.Limits.Excess!.Message;
            }
            _role = SampleRole.Value;
            _family = new FamilyState(new MetricFamily { Name = name });
            _families.Add(name, _family);
        }
        _name = name;
        return null;
    }

    public void SetHelp(Utf8String help) => _family!.Family.Help = help;

    public void SetType(MetricType type) => _family!.SetType(type);

    /// <inheritdoc cref="LabelBuilder.BeginSample"/>
    public void BeginSample() => _labels.BeginSample();

    /// <summary>Assigns the sample to a family.</summary>
    public string? SetSampleName(Utf8String name)
    {
        string? error = SetFamily(name);
        if (error is not null)
        {
            return error;
        }
        _family!.HasType = true;
        LabelFault fault = _labels.SetBoundName(_family.BoundName, out Utf8String bound);
        return fault == LabelFault.None ? null : Describe(fault, default, bound);
    }

    public bool SampleHasName => _labels.HasName;

    /// <summary>Validates the name of a label. <see cref="SetLabelValue"/> adds the label.</summary>
    public string? AddLabel(Utf8String name)
    {
        LabelFault fault = _labels.CheckName(name);
        return fault == LabelFault.None ? null : Describe(fault, name, default);
    }

    public string? SetLabelValue(Utf8String name, Utf8String value)
    {
        LabelFault fault = _labels.Add(name, value);
        return fault == LabelFault.None ? null : Describe(fault, name, value);
    }

    /// <summary>Ends the labels, and selects the metric of the sample or adds it.</summary>
    public string? EndLabels()
    {
        if (!_labels.End(FamilyName))
        {
            return _labels.Limits.Excess!.Message;
        }
        if (!_labels.HasName)
        {
            return ExtendLastMetric();
        }
        MetricFamily family = _family!.Family;
        if (!_family.IsAssembled)
        {
            if (!_labels.Limits.AddSeries())
            {
                return _labels.Limits.Excess!.Message;
            }
            AddMetric(new Metric { Labels = _labels.Detach() });
        }
        else if (!IsLastMetric())
        {
            ref Metric? metric = ref CollectionsMarshal.GetValueRefOrAddDefault(_assembled ??= [], Signature(), out _);
            if (metric is null)
            {
                if (!_labels.Limits.AddSeries())
                {
                    return _labels.Limits.Excess!.Message;
                }
                metric = new Metric { Labels = _labels.Detach() };
                AddMetric(metric);
            }
            _metric = metric;
        }
        _metricFamily = _family;
        _metricIsExtended = false;
        return null;
    }

    public string? SetValue(double value)
    {
        MetricFamily family = _family!.Family;
        if (_family.IsAssembled && _role is SampleRole.Bucket or SampleRole.Value && !_labels.Limits.AddParts(1))
        {
            return _labels.Limits.Excess!.Message;
        }
        switch (family.Type)
        {
            case MetricType.Summary:
                _metric!.ValueType = MetricType.Summary;
                DistributionBuilder.Set(_metric.Summary ??= new Summary(), _role, _labels.Bound, value);
                return null;
            case MetricType.Histogram or MetricType.GaugeHistogram:
                _metric!.ValueType = MetricType.Histogram;
                _metric.Histogram ??= DistributionBuilder.NewHistogram(
                    family.Metrics is [.., Metric previous, _] ? previous.Histogram : null);
                return DistributionBuilder.Set(_metric.Histogram, _role, _labels.Bound, value) is { } fault
                    ? $"{fault} for histogram {GoQuote.Quote(FamilyName)}"
                    : null;
            default:
                _metric!.ValueType = family.Type;
                _metric.Number = value;
                return null;
        }
    }

    public void SetTimestamp(long milliseconds) => _metric!.TimestampMs = milliseconds;

    private bool TryFindFamily(Utf8String name)
    {
        if (_families.TryGetValue(name, out FamilyState? family))
        {
            _family = family;
            _role = SampleRole.Value;
            return true;
        }
        (int suffixLength, SampleRole role) = DistributionBuilder.RoleOf(name.Span);
        if (role == SampleRole.Value
            || !_families.TryGetValue(name[..^suffixLength], out family)
            || !(family.IsHistogram || (family.IsSummary && role != SampleRole.Bucket)))
        {
            return false;
        }
        _family = family;
        _role = role;
        return true;
    }

    private string Describe(LabelFault fault, Utf8String name, Utf8String value) => fault switch
    {
        LabelFault.ReservedName => "label name \"__name__\" is reserved",
        LabelFault.InvalidName => $"invalid label name {GoQuote.Quote(name.Span)}",
        LabelFault.NameTwice => $"duplicate label names for metric {GoQuote.Quote(FamilyName)}",
        LabelFault.InvalidValue => $"invalid label value {GoQuote.Quote(value.Span)}",
        LabelFault.InvalidBound =>
            $"expected float as value for '{_family!.BoundName}' label, got {GoQuote.Quote(value.Span)}",
        _ => _labels.Limits.Excess!.Message,
    };

    // Upstream: adds a sample without a name, with its labels, to the metric of the previous line, which then occurs
    // twice (and fails the consistency check). If that metric is not of the last named family, the Go Pushgateway mixes
    // both up or crashes, and many such lines exhaust its memory. Both cases are errors here.
    private string? ExtendLastMetric()
    {
        if (_metric is null || _metricFamily != _family || _metricIsExtended)
        {
            return "invalid metric name";
        }
        if (!_labels.Limits.AddSeries())
        {
            return _labels.Limits.Excess!.Message;
        }
        _metricIsExtended = true;
        _metric.Labels = [.. _metric.Labels, .. _labels.Span];
        _hasRepeatedMetrics = true;
        if (!_family!.IsAssembled)
        {
            AddMetric(_metric);
        }
        else if ((_assembled ??= []).TryAdd(Signature(), _metric))
        {
            AddMetric(_metric);
        }
        return null;
    }

    /// <summary>Copies repeated metrics, so that changes to one do not affect the other.</summary>
    private static void CopyRepeated(List<Metric> metrics)
    {
        var seen = new HashSet<Metric>(metrics.Count, ReferenceEqualityComparer.Instance);
        foreach (ref Metric metric in CollectionsMarshal.AsSpan(metrics))
        {
            if (!seen.Add(metric))
            {
                metric = metric.WithLabels(metric.Labels);
            }
        }
    }

    private void AddMetric(Metric metric)
    {
        _metric = metric;
        _family!.Family.Metrics.Add(metric);
    }

    /// <summary>Whether the line continues the metric of the previous line, as most lines of a histogram do.</summary>
    private bool IsLastMetric() =>
        _metric is not null && _metricFamily == _family
        && _metric.Labels.Span.SequenceEqual(_labels.Span);

    private UInt128 Signature() => SeriesHash.Of(FamilyName, _labels.Span);
}
