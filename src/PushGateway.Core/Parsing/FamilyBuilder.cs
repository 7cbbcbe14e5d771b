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
internal sealed class FamilyBuilder(NameValidation validation)
{
    /// <summary>Up to so many labels, comparing with each is quicker than hashing.</summary>
    private const int FewLabels = 16;

    private readonly Dictionary<Utf8String, OpenFamily> _families = [];
    private readonly Dictionary<UInt128, Metric> _assembled = [];
    private readonly List<Label> _labels = [];
    private readonly HashSet<Utf8String> _labelNames = [];

    private Utf8String _name;
    private OpenFamily? _family;
    private SampleRole _role;

    private bool _nameGiven;
    private double _bound;
    private Metric? _metric;
    private OpenFamily? _metricFamily;

    public ReadOnlySpan<byte> FamilyName => _family is null ? default : _family.Family.Name.Span;

    public bool HasHelp => _family!.Family.Help is not null;

    public bool HasType => _family!.HasType;

    /// <summary>The families that have metrics.</summary>
    public List<MetricFamily> Finish()
    {
        var families = new List<MetricFamily>(_families.Count);
        foreach (OpenFamily open in _families.Values)
        {
            if (open.Family.Metrics.Count > 0)
            {
                families.Add(open.Family);
            }
            if (open.IsHistogram)
            {
                open.Family.Metrics.ForEach(metric => MakeCountsAlike(metric.Histogram!));
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
            _family = new OpenFamily(new MetricFamily { Name = name });
            _families.Add(name, _family);
        }
        _name = name;
        return null;
    }

    public void SetHelp(Utf8String help) => _family!.Family.Help = help;

    public void SetType(MetricType type)
    {
        _family!.Family.Type = type;
        _family.HasType = true;
    }

    /// <summary>Begins a sample whose name is not known yet: a line that starts with a brace.</summary>
    public void BeginSample()
    {
        _labels.Clear();
        _labelNames.Clear();
        _bound = double.NaN;
        _nameGiven = false;
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
        if (!IsBound(name) && !TryAddLabelName(name))
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
            AddMetric(new Metric { Labels = [.. _labels] });
        }
        else if (!IsLastMetric())
        {
            ref Metric? metric = ref CollectionsMarshal.GetValueRefOrAddDefault(_assembled, Signature(), out _);
            if (metric is null)
            {
                metric = new Metric { Labels = [.. _labels] };
                AddMetric(metric);
            }
            _metric = metric;
        }
        _metricFamily = _family;
        return null;
    }

    public string? SetValue(double value)
    {
        MetricFamily family = _family!.Family;
        switch (family.Type)
        {
            case MetricType.Summary:
                SetSummaryValue(_metric!.Summary ??= new Summary(), value);
                _metric.ValueType = MetricType.Summary;
                return null;
            case MetricType.Histogram or MetricType.GaugeHistogram:
                _metric!.ValueType = MetricType.Histogram;
                return SetHistogramValue(_metric.Histogram ??= new Histogram(), value);
            default:
                _metric!.ValueType = family.Type;
                _metric.Number = value;
                return null;
        }
    }

    public void SetTimestamp(long milliseconds) => _metric!.TimestampMs = milliseconds;

    private bool TryFindFamily(Utf8String name)
    {
        if (_families.TryGetValue(name, out OpenFamily? family))
        {
            _family = family;
            _role = SampleRole.Value;
            return true;
        }
        (int suffixLength, SampleRole role) = RoleOf(name.Span);
        if (role == SampleRole.Value
            || !_families.TryGetValue(new Utf8String(name.Memory[..^suffixLength]), out family)
            || !(family.IsHistogram || (family.IsSummary && role != SampleRole.Bucket)))
        {
            return false;
        }
        _family = family;
        _role = role;
        return true;
    }

    private static (int SuffixLength, SampleRole Role) RoleOf(ReadOnlySpan<byte> name)
    {
        if (name.EndsWith("_count"u8) && name.Length > "_count"u8.Length)
        {
            return ("_count"u8.Length, SampleRole.Count);
        }
        if (name.EndsWith("_sum"u8) && name.Length > "_sum"u8.Length)
        {
            return ("_sum"u8.Length, SampleRole.Sum);
        }
        return name.EndsWith("_bucket"u8) && name.Length > "_bucket"u8.Length
            ? ("_bucket"u8.Length, SampleRole.Bucket)
            : (0, SampleRole.Value);
    }

    private bool IsBound(Utf8String labelName) =>
        _nameGiven && ((_family!.IsHistogram && labelName.Span.SequenceEqual("le"u8))
            || (_family.IsSummary && labelName.Span.SequenceEqual("quantile"u8)));

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
    private string? TakeBoundFromLabels()
    {
        if (_labels.Count == 0 || !_family!.IsAssembled)
        {
            return null;
        }
        int index = _labels.FindIndex(label => IsBound(label.Name));
        if (index < 0)
        {
            return null;
        }
        Utf8String bound = _labels[index].Value;
        _labels.RemoveAt(index);
        return SetBound(bound);
    }

    private bool TryAddLabelName(Utf8String name)
    {
        if (_labels.Count >= FewLabels)
        {
            if (_labelNames.Count == 0)
            {
                _labelNames.UnionWith(_labels.Select(label => label.Name));
            }
            return _labelNames.Add(name);
        }
        foreach (Label label in _labels)
        {
            if (label.Name == name)
            {
                return false;
            }
        }
        return true;
    }

    // Upstream: a sample without a name is added to the metric of the line before, labels and all, which then stands
    // there twice (and is refused for that where pushes are checked). Where that metric is not of the family last
    // named, the Go one mixes both up or crashes; here it is an error.
    private string? ExtendLastMetric()
    {
        if (_metric is null || _metricFamily != _family)
        {
            return "invalid metric name";
        }
        _metric.Labels = [.. _metric.Labels, .. _labels];
        if (!_family!.IsAssembled)
        {
            AddMetric(_metric);
        }
        else if (_assembled.TryAdd(Signature(), _metric))
        {
            AddMetric(_metric);
        }
        return null;
    }

    private void AddMetric(Metric metric)
    {
        _metric = metric;
        _family!.Family.Metrics.Add(metric);
    }

    /// <summary>Whether the line continues the metric of the line before, as nearly all lines of a histogram do.</summary>
    private bool IsLastMetric() =>
        _metric is not null && _metricFamily == _family
        && _metric.Labels.AsSpan().SequenceEqual(CollectionsMarshal.AsSpan(_labels));

    private UInt128 Signature() => SeriesHash.Of(FamilyName, CollectionsMarshal.AsSpan(_labels));

    private void SetSummaryValue(Summary summary, double value)
    {
        switch (_role)
        {
            case SampleRole.Count:
                summary.SampleCount = GoNumber.ToUInt64(value);
                break;
            case SampleRole.Sum:
                summary.SampleSum = value;
                break;
            default:
                if (!double.IsNaN(_bound))
                {
                    summary.Quantiles.Add(new Quantile(_bound, value));
                }
                break;
        }
    }

    private string? SetHistogramValue(Histogram histogram, double value)
    {
        ulong whole = GoNumber.ToUInt64(value);
        bool isWhole = whole == value;
        switch (_role)
        {
            case SampleRole.Count when isWhole:
                histogram.SampleCount = whole;
                return null;
            case SampleRole.Count when value < 0:
                return $"negative count for histogram {GoQuote.Quote(FamilyName)}";
            case SampleRole.Count:
                histogram.SampleCountFloat = value;
                return null;
            case SampleRole.Sum:
                histogram.SampleSum = value;
                return null;
            case var _ when double.IsNaN(_bound):
                // Upstream: a bucket without a bound is dropped.
                return null;
            case var _ when !isWhole && value < 0:
                return $"negative bucket population for histogram {GoQuote.Quote(FamilyName)}";
            default:
                histogram.Buckets.Add(isWhole
                    ? new Bucket(_bound) { CumulativeCount = whole }
                    : new Bucket(_bound) { CumulativeCountFloat = value });
                return null;
        }
    }

    /// <summary>A histogram's counts are all whole numbers or all floats: one float makes the others floats.</summary>
    private static void MakeCountsAlike(Histogram histogram)
    {
        if (histogram.SampleCountFloat is null or 0
            && histogram.Buckets.TrueForAll(bucket => bucket.CumulativeCountFloat is null or 0))
        {
            return;
        }
        if (histogram.SampleCountFloat is null or 0)
        {
            histogram.SampleCountFloat = histogram.SampleCount ?? 0;
            histogram.SampleCount = null;
        }
        foreach (Bucket bucket in histogram.Buckets)
        {
            if (bucket.CumulativeCountFloat is null or 0)
            {
                bucket.CumulativeCountFloat = bucket.CumulativeCount ?? 0;
                bucket.CumulativeCount = null;
            }
        }
    }

    /// <summary>What a sample tells of its metric.</summary>
    private enum SampleRole
    {
        /// <summary>The value, a quantile, or (by the bare name of a histogram) a bucket.</summary>
        Value,
        Bucket,
        Sum,
        Count,
    }

    private sealed class OpenFamily(MetricFamily family)
    {
        public MetricFamily Family => family;

        /// <summary>Whether a TYPE line or a sample has fixed the type.</summary>
        public bool HasType { get; set; }

        public bool IsSummary => family.Type == MetricType.Summary;

        public bool IsHistogram => family.Type is MetricType.Histogram or MetricType.GaugeHistogram;

        /// <summary>Whether several lines make one metric.</summary>
        public bool IsAssembled => IsSummary || IsHistogram;
    }
}
