using System.Runtime.InteropServices;
using PushGateway.Core.Model;

namespace PushGateway.Core.Parsing;

/// <summary>
/// Puts families together from the names, labels and values of a body's lines. Knows families, but no bytes. Its
/// messages have no line number, which the parser adds; null means that nothing was wrong.
/// </summary>
/// <remarks>
/// The lines of a summary or histogram (its quantiles or buckets, <c>_sum</c> and <c>_count</c>) that have the same
/// other labels make one metric. A name with such a suffix belongs to a family seen before under the name without it.
/// </remarks>
internal sealed class FamilyBuilder(NameValidation validation, int bodyLength)
{
    /// <summary>As in a push of gauges with two labels each.</summary>
    private const int BodyBytesPerLabel = 48;

    private readonly Dictionary<Utf8String, FamilyState> _families = [];

    private Dictionary<UInt128, Metric>? _assembled;
    private readonly SampleLabels _labels = new(bodyLength / BodyBytesPerLabel);

    private Utf8String _name;
    private FamilyState? _family;
    private SampleRole _role;

    private bool _nameGiven;
    private double _bound;
    private Metric? _metric;
    private FamilyState? _metricFamily;
    private bool _metricIsExtended;
    private bool _hasMetricsTwice;

    public ReadOnlySpan<byte> FamilyName => _family is null ? default : _family.Family.Name.Span;

    /// <inheritdoc cref="FamilyState.BoundName"/>
    public Utf8String BoundName => _family!.BoundName;

    public bool HasHelp => _family!.Family.Help is not null;

    public bool HasType => _family!.HasType;

    /// <summary>The families that have metrics.</summary>
    public List<MetricFamily> Finish()
    {
        var families = new List<MetricFamily>(_families.Count);
        foreach (FamilyState open in _families.Values)
        {
            if (_hasMetricsTwice)
            {
                Separate(open.Family.Metrics);
            }
            if (open.Family.Metrics.Count > 0)
            {
                families.Add(open.Family);
            }
            if (open.IsHistogram)
            {
                open.Family.Metrics.ForEach(metric => DistributionBuilder.MakeCountsAlike(metric.Histogram!));
            }
        }
        return families;
    }

    /// <summary>Turns to the family that a name belongs to, making it if there is none.</summary>
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
            _role = SampleRole.Value;
            _family = new FamilyState(new MetricFamily { Name = name });
            _families.Add(name, _family);
        }
        _name = name;
        return null;
    }

    public void SetHelp(Utf8String help) => _family!.Family.Help = help;

    public void SetType(MetricType type) => _family!.SetType(type);

    /// <summary>Begins a sample whose name is not known yet: a line that starts with a brace.</summary>
    public void BeginSample()
    {
        BeginLabels();
        _nameGiven = false;
    }

    /// <summary>Begins the labels of the sample, and drops those that it had.</summary>
    public void BeginLabels()
    {
        _labels.Clear();
        _bound = double.NaN;
    }

    /// <summary>Says which family the sample that was begun belongs to.</summary>
    public string? SetSampleName(Utf8String name)
    {
        string? error = SetFamily(name);
        if (error is not null)
        {
            return error;
        }
        _family!.HasType = true;
        _nameGiven = true;
        return TakeBoundFromLabels();
    }

    public bool SampleHasName => _nameGiven;

    /// <summary>Adds a label's name; its value follows by <see cref="SetLabelValue"/>.</summary>
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
        return null;
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
        _labels.Add(new Label(name, value));
        return null;
    }

    /// <summary>All labels are there: finds the metric that the sample belongs to, or makes it.</summary>
    public string? EndLabels()
    {
        if (!_nameGiven)
        {
            return ExtendLastMetric();
        }
        MetricFamily family = _family!.Family;
        if (!_family.IsAssembled)
        {
            AddMetric(new Metric { Labels = _labels.Keep() });
        }
        else if (!IsLastMetric())
        {
            ref Metric? metric = ref CollectionsMarshal.GetValueRefOrAddDefault(_assembled ??= [], Signature(), out _);
            if (metric is null)
            {
                metric = new Metric { Labels = _labels.Keep() };
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
        switch (family.Type)
        {
            case MetricType.Summary:
                _metric!.ValueType = MetricType.Summary;
                DistributionBuilder.Set(_metric.Summary ??= new Summary(), _role, _bound, value);
                return null;
            case MetricType.Histogram or MetricType.GaugeHistogram:
                _metric!.ValueType = MetricType.Histogram;
                _metric.Histogram ??= DistributionBuilder.NewHistogram(
                    family.Metrics is [.., Metric before, _] ? before.Histogram : null);
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

    private bool IsBound(Utf8String labelName) => _nameGiven && labelName == _family!.BoundName;

    private string? SetBound(Utf8String text)
    {
        if (GoNumber.TryParse(text.Span, out _bound))
        {
            return null;
        }
        string label = _family!.IsSummary ? "quantile" : "le";
        return $"expected float as value for '{label}' label, got {GoQuote.Quote(text.Span)}";
    }

    /// <summary>In braces, a quantile or bucket may have been given before the name that makes it one.</summary>
    private string? TakeBoundFromLabels() =>
        _labels.TryRemove(_family!.BoundName, out Utf8String bound) ? SetBound(bound) : null;

    // Upstream: a sample without a name is added to the metric of the line before, labels and all, which then stands
    // there twice (and is refused for that where pushes are checked). Where that metric is not of the family last
    // named, the Go one mixes both up or crashes; where there are many such lines, it drowns in labels. Both are
    // errors here.
    private string? ExtendLastMetric()
    {
        if (_metric is null || _metricFamily != _family || _metricIsExtended)
        {
            return "invalid metric name";
        }
        _metricIsExtended = true;
        _metric.Labels = [.. _metric.Labels, .. _labels.Span];
        _hasMetricsTwice = true;
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

    /// <summary>Makes metrics of their own of those that stand there again: whoever changes one does not change the other.</summary>
    private static void Separate(List<Metric> metrics)
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

    /// <summary>Whether the line continues the metric of the line before, as nearly all lines of a histogram do.</summary>
    private bool IsLastMetric() =>
        _metric is not null && _metricFamily == _family
        && _metric.Labels.Span.SequenceEqual(_labels.Span);

    private UInt128 Signature() => SeriesHash.Of(FamilyName, _labels.Span);
}
