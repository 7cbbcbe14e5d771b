using System.Runtime.InteropServices;

namespace PushGateway.Core.Parsing;

/// <summary>
/// Builds families from the names, labels and values of lines. Knows families, but no bytes. Methods return an error
/// without the line number, or null.
/// </summary>
/// <remarks>
/// The lines of a summary or histogram (quantiles or buckets, <c>_sum</c> and <c>_count</c>) with the same other labels
/// form one metric. A name with such a suffix belongs to an earlier family with the name without the suffix.
/// </remarks>
internal sealed class FamilyBuilder(NameValidation validation, int bodyLength, BodyLimits limits)
{
    /// <summary>Typical for gauges with two labels.</summary>
    private const int BodyBytesPerLabel = 48;

    private readonly Dictionary<Utf8String, FamilyState> _families = [];

    private Dictionary<UInt128, Metric>? _assembled;
    private readonly SampleLabels _labels = new(bodyLength / BodyBytesPerLabel);

    private Utf8String _name;
    private FamilyState? _family;
    private SampleRole _role;

    private bool _hasName;
    private double _bound;
    private Metric? _metric;
    private FamilyState? _metricFamily;
    private bool _metricIsExtended;
    private bool _hasRepeatedMetrics;
    private LimitCounter _limits = new(limits);

    /// <summary>The labels of the current sample that are not stored, because there are too many.</summary>
    private long _excessLabels;

    public ReadOnlySpan<byte> FamilyName => _family is null ? default : _family.Family.Name.Span;

    /// <inheritdoc cref="FamilyState.BoundName"/>
    public Utf8String BoundName => _family!.BoundName;

    /// <summary>The exceeded limit, if the last error is that.</summary>
    /// <param name="isAtEnd">Whether the current line is the last one.</param>
    public PushError? ExcessAt(bool isAtEnd) => _limits.ExcessAt(isAtEnd);

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
            if (!_limits.CheckName(name, "metric name") || !_limits.AddFamily())
            {
                return _limits.Excess!.Message;
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

    /// <summary>Begins a sample. Its name may follow among the labels.</summary>
    public void BeginSample()
    {
        BeginLabels();
        _hasName = false;
    }

    /// <summary>Clears the labels, to read those of a sample.</summary>
    public void BeginLabels()
    {
        _labels.Clear();
        _excessLabels = 0;
        _bound = double.NaN;
    }

    /// <summary>Assigns the sample to a family.</summary>
    public string? SetSampleName(Utf8String name)
    {
        string? error = SetFamily(name);
        if (error is not null)
        {
            return error;
        }
        _family!.HasType = true;
        _hasName = true;
        return MoveBoundFromLabels();
    }

    public bool SampleHasName => _hasName;

    /// <summary>Validates the name of a label. <see cref="SetLabelValue"/> adds the label.</summary>
    public string? AddLabel(Utf8String name)
    {
        if (name.Span.SequenceEqual("__name__"u8))
        {
            return "label name \"__name__\" is reserved";
        }
        if (!NameRules.IsValidLabelName(name, validation))
        {
            return $"invalid label name {GoQuote.Quote(name.Span)}";
        }
        if (!IsBound(name) && _labels.HasName(name))
        {
            return $"duplicate label names for metric {GoQuote.Quote(FamilyName)}";
        }
        return _limits.CheckName(name, "label name of a series") ? null : _limits.Excess!.Message;
    }

    public string? SetLabelValue(Utf8String name, Utf8String value)
    {
        if (!value.IsValidUtf8)
        {
            return $"invalid label value {GoQuote.Quote(value.Span)}";
        }
        if (IsBound(name))
        {
            return SetBound(value);
        }

        // Where the name follows, one of the labels may turn out to be the bound.
        if (_labels.Count - (_hasName ? 0 : 1) >= _limits.MaxLabels)
        {
            _excessLabels++;
            return null;
        }
        if (!_limits.CheckValue(value))
        {
            return _limits.Excess!.Message;
        }
        _labels.Add(new Label(name, value));
        return null;
    }

    /// <summary>Ends the labels, and selects the metric of the sample or adds it.</summary>
    public string? EndLabels()
    {
        if (_excessLabels > 0)
        {
            _limits.FailLabels(FamilyName, _labels.Count + _excessLabels);
            return _limits.Excess!.Message;
        }
        if (!_hasName)
        {
            return ExtendLastMetric();
        }
        MetricFamily family = _family!.Family;
        if (!_family.IsAssembled)
        {
            if (!_limits.AddSeries())
            {
                return _limits.Excess!.Message;
            }
            AddMetric(new Metric { Labels = _labels.Detach() });
        }
        else if (!IsLastMetric())
        {
            ref Metric? metric = ref CollectionsMarshal.GetValueRefOrAddDefault(_assembled ??= [], Signature(), out _);
            if (metric is null)
            {
                if (!_limits.AddSeries())
                {
                    return _limits.Excess!.Message;
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
        if (_family.IsAssembled && _role is SampleRole.Bucket or SampleRole.Value && !_limits.AddParts(1))
        {
            return _limits.Excess!.Message;
        }
        switch (family.Type)
        {
            case MetricType.Summary:
                _metric!.ValueType = MetricType.Summary;
                DistributionBuilder.Set(_metric.Summary ??= new Summary(), _role, _bound, value);
                return null;
            case MetricType.Histogram or MetricType.GaugeHistogram:
                _metric!.ValueType = MetricType.Histogram;
                _metric.Histogram ??= DistributionBuilder.NewHistogram(
                    family.Metrics is [.., Metric previous, _] ? previous.Histogram : null);
                return DistributionBuilder.Set(_metric.Histogram, _role, _bound, value) is { } fault
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

    private bool IsBound(Utf8String labelName) => _hasName && labelName == _family!.BoundName;

    private string? SetBound(Utf8String text)
    {
        if (GoNumber.TryParse(text.Span, out _bound))
        {
            return null;
        }
        string label = _family!.IsSummary ? "quantile" : "le";
        return $"expected float as value for '{label}' label, got {GoQuote.Quote(text.Span)}";
    }

    // In braces, the quantile or bucket can precede the name.
    private string? MoveBoundFromLabels() =>
        _labels.TryRemove(_family!.BoundName, out Utf8String bound) ? SetBound(bound) : null;

    // Upstream: adds a sample without a name, with its labels, to the metric of the previous line, which then occurs
    // twice (and fails the consistency check). If that metric is not of the last named family, the Go Pushgateway mixes
    // both up or crashes, and many such lines exhaust its memory. Both cases are errors here.
    private string? ExtendLastMetric()
    {
        if (_metric is null || _metricFamily != _family || _metricIsExtended)
        {
            return "invalid metric name";
        }
        if (!_limits.AddSeries())
        {
            return _limits.Excess!.Message;
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
