namespace PushGateway.Core.Parsing;

/// <summary>A family of OpenMetrics under construction.</summary>
internal sealed class OpenMetricsFamilyState(Utf8String name)
{
    private static readonly Utf8String BucketLabel = new("le");
    private static readonly Utf8String QuantileLabel = new("quantile");

    /// <summary>The name in its metadata, without the suffixes of its samples.</summary>
    public Utf8String Name => name;

    public OpenMetricsType Type { get; private set; }

    public bool HasType { get; private set; }

    /// <summary>Null without a HELP line.</summary>
    public Utf8String? Help { get; set; }

    /// <summary>Null without a UNIT line.</summary>
    public Utf8String? Unit { get; set; }

    /// <summary>The resulting family; null before its first sample.</summary>
    public MetricFamily? Stored { get; private set; }

    public bool IsHistogram => Type is OpenMetricsType.Histogram or OpenMetricsType.GaugeHistogram;

    /// <summary>Whether a metric may have several lines.</summary>
    public bool IsAssembled => IsHistogram || Type is OpenMetricsType.Counter or OpenMetricsType.Summary;

    /// <summary>The label that is the bound of a sample; empty for types that have none.</summary>
    public Utf8String BoundName =>
        IsHistogram ? BucketLabel : Type == OpenMetricsType.Summary ? QuantileLabel : Utf8String.Empty;

    public void SetType(OpenMetricsType type)
    {
        Type = type;
        HasType = true;
    }

    /// <summary>Adds a metric. No metadata may follow.</summary>
    /// <param name="storedName">Used only for the first metric.</param>
    /// <remarks>An empty help or unit counts as none, as the specification says.</remarks>
    public void Add(Metric metric, Utf8String storedName)
    {
        Stored ??= new MetricFamily
        {
            Name = storedName,
            Type = Type.Stored(),
            Help = Help is { IsEmpty: false } ? Help : null,
            Unit = Unit is { IsEmpty: false } ? Unit : null,
        };
        Stored.Metrics.Add(metric);
    }

    /// <summary>Whether the name ends in an underscore and the unit.</summary>
    public bool HasSuffix(ReadOnlySpan<byte> unit) =>
        name.Span.EndsWith(unit) && name.Length > unit.Length && name.Span[^(unit.Length + 1)] == '_';
}
