namespace PushGateway.Core.Model;

/// <summary>The metrics of one name in the order of the push, as in io.prometheus.client.MetricFamily.</summary>
public sealed class MetricFamily
{
    public required Utf8String Name { get; init; }

    public MetricType Type { get; set; } = MetricType.Untyped;

    /// <summary>Null without a HELP line. An empty help has one.</summary>
    public Utf8String? Help { get; set; }

    public Utf8String? Unit { get; set; }

    public List<Metric> Metrics { get; init; } = [];

    /// <summary>A copy with other metrics.</summary>
    public MetricFamily WithMetrics(List<Metric> metrics) => new()
    {
        Name = Name,
        Type = Type,
        Help = Help,
        Unit = Unit,
        Metrics = metrics,
    };
}
