namespace PushGateway.Core.Parsing;

/// <summary>A family under construction.</summary>
internal sealed class FamilyState(MetricFamily family)
{
    private static readonly Utf8String BucketLabel = new("le");
    private static readonly Utf8String QuantileLabel = new("quantile");

    public MetricFamily Family => family;

    /// <summary>Whether a TYPE line or a sample determined the type.</summary>
    public bool HasType { get; set; }

    public bool IsSummary => family.Type == MetricType.Summary;

    public bool IsHistogram => family.Type is MetricType.Histogram or MetricType.GaugeHistogram;

    /// <summary>Whether a metric has several lines.</summary>
    public bool IsAssembled => IsSummary || IsHistogram;

    /// <summary>
    /// The label with a sample's quantile or bucket, which is not a label of the metric; empty for other types.
    /// </summary>
    public Utf8String BoundName { get; private set; }

    public void SetType(MetricType type)
    {
        family.Type = type;
        HasType = true;
        BoundName = IsHistogram ? BucketLabel : IsSummary ? QuantileLabel : Utf8String.Empty;
    }
}
