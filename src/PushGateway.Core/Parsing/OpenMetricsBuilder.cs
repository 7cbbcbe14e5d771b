namespace PushGateway.Core.Parsing;

/// <summary>
/// Builds families from the lines of OpenMetrics. Handles families, but no bytes. Methods return a description of the
/// expected input, or null.
/// </summary>
/// <remarks>
/// The lines of a family must be consecutive. The lines of a metric need not be, unlike in the specification, since
/// Prometheus does not require it and Python's multiprocess mode sends all sums before the buckets.
/// </remarks>
/// <param name="isExact">
/// Whether to search all metrics of a family for the metric of a line, which is expensive. Otherwise the lines of a metric
/// must be consecutive, as almost all clients send them: scattered lines and duplicate series are errors.
/// </param>
internal sealed partial class OpenMetricsBuilder(NameValidation validation, int bodyLength, BodyLimits limits, bool isExact)
{
    private readonly List<MetricFamily> _families = [];
    private readonly Dictionary<Utf8String, OpenMetricsType> _types = [];
    private readonly LabelBuilder _labels = new(validation, bodyLength, limits);

    private OpenMetricsFamilyState? _family;
    private bool _hasSuffixedFamily;

    /// <inheritdoc cref="LimitCounter.ExcessAt"/>
    public PushError? ExcessAt(bool isAtEnd) => _labels.Limits.ExcessAt(isAtEnd);

    /// <summary>The families that have samples. Call it after the last line.</summary>
    public List<MetricFamily> Families => _families;

    /// <summary>Selects the family that metadata belongs to, or begins it.</summary>
    public string? SetFamily(Utf8String name)
    {
        if (_family is null || _family.Name != name)
        {
            return BeginFamily(name);
        }
        return _family.Stored is null ? null : $"the metadata of {Quote(name)} before its samples";
    }

    public string? SetType(OpenMetricsType type)
    {
        if (_family!.HasType)
        {
            return $"one TYPE of {Quote(_family.Name)}";
        }
        _family.SetType(type);
        _types[_family.Name] = type;
        return FindUnitFault() ?? (_hasSuffixedFamily ? FindReserved(_family) : null);
    }

    public string? SetHelp(Utf8String help)
    {
        if (_family!.Help is not null)
        {
            return $"one HELP of {Quote(_family.Name)}";
        }
        _family.Help = help;
        return help.IsValidUtf8 ? null : "a help text in UTF-8";
    }

    public string? SetUnit(Utf8String unit)
    {
        if (_family!.Unit is not null)
        {
            return $"one UNIT of {Quote(_family.Name)}";
        }
        _family.Unit = unit;
        return FindUnitFault();
    }

    /// <summary>Ends the last family.</summary>
    public string? EndFamily()
    {
        if (_family?.Stored is not { } stored)
        {
            return null;
        }
        if (!isExact && _series.MayRepeat())
        {
            return Once();
        }
        _series.Clear();
        if (_family.IsAssembled)
        {
            foreach (Metric metric in stored.Metrics)
            {
                if (OpenMetricsValueRules.FindMissing(_family, metric) is { } expected)
                {
                    return expected;
                }
            }
        }
        _families.Add(stored);
        return null;
    }

    private string? BeginFamily(Utf8String name)
    {
        if (EndFamily() is { } missing)
        {
            return missing;
        }
        _family = null;
        _metric = null;
        if (!NameRules.IsValidMetricName(name, validation))
        {
            return $"a valid metric name, found {Quote(name)}";
        }
        if (!_labels.Limits.CheckName(name, "metric name") || !_labels.Limits.AddFamily())
        {
            return _labels.Limits.Excess!.Message;
        }
        if (!_types.TryAdd(name, OpenMetricsType.Unknown))
        {
            return $"all lines of {Quote(name)} together";
        }
        if (FindOwner(name) is { } owner)
        {
            return $"all lines of {owner.Type.Name()} {Quote(owner.Name)} together, and no other {Quote(name)}";
        }
        _family = new OpenMetricsFamilyState(name);
        return null;
    }

    /// <summary>The earlier family that has samples of this name, or null.</summary>
    private (Utf8String Name, OpenMetricsType Type)? FindOwner(Utf8String name)
    {
        int suffix = name.Span.LastIndexOf((byte)'_');
        if (suffix <= 0 || !OpenMetricsTypes.HasSuffix(name.Span[suffix..]))
        {
            return null;
        }
        _hasSuffixedFamily = true;
        return _types.TryGetValue(name[..suffix], out OpenMetricsType type) && type.RoleOf(name.Span[suffix..]) is not null
            ? (name[..suffix], type)
            : null;
    }

    /// <summary>An earlier family whose name the samples of this one use.</summary>
    private string? FindReserved(OpenMetricsFamilyState family)
    {
        foreach (Utf8String name in family.Type.SampleNames(family.Name))
        {
            if (name != family.Name && _types.ContainsKey(name))
            {
                return $"no {family.Type.Name()} {Quote(family.Name)} beside {Quote(name)}, which names a sample of it";
            }
        }
        return null;
    }

    private string? FindUnitFault()
    {
        if (_family!.Unit is not { IsEmpty: false } unit)
        {
            return null;
        }
        if (_family.Type is OpenMetricsType.Info or OpenMetricsType.StateSet)
        {
            return $"no unit of {_family.Type.Name()} {Quote(_family.Name)}";
        }
        return _family.HasSuffix(unit.Span) ? null : $"a unit that ends the name {Quote(_family.Name)} after an underscore";
    }

    private static string Quote(Utf8String name) => GoQuote.Quote(name.Span);
}
