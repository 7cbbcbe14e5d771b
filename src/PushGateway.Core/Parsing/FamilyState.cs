using PushGateway.Core.Model;

namespace PushGateway.Core.Parsing;

/// <summary>A family that lines of the body may still add to.</summary>
internal sealed class FamilyState(MetricFamily family)
{
    private static readonly Utf8String BucketLabel = new("le");
    private static readonly Utf8String QuantileLabel = new("quantile");

    public MetricFamily Family => family;

    /// <summary>Whether a TYPE line or a sample has fixed the type.</summary>
    public bool HasType { get; set; }

    public bool IsSummary => family.Type == MetricType.Summary;

    public bool IsHistogram => family.Type is MetricType.Histogram or MetricType.GaugeHistogram;

    /// <summary>Whether several lines make one metric.</summary>
    public bool IsAssembled => IsSummary || IsHistogram;

    /// <summary>
    /// The label that tells a sample's quantile or bucket, which is none of the metric's labels. Empty, as no label's
    /// name is, where there is none.
    /// </summary>
    public Utf8String BoundName { get; private set; }

    public void SetType(MetricType type)
    {
        family.Type = type;
        HasType = true;
        BoundName = IsHistogram ? BucketLabel : IsSummary ? QuantileLabel : Utf8String.Empty;
    }
}
