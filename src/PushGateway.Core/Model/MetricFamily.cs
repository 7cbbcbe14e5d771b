namespace PushGateway.Core.Model;

/// <summary>
/// All metrics of one name, as io.prometheus.client.MetricFamily has them: in the order in which they were pushed.
/// </summary>
public sealed class MetricFamily
{
    public required Utf8String Name { get; init; }

    public MetricType Type { get; set; } = MetricType.Untyped;

    /// <summary>Null where no help was given; an empty help still gets its HELP line.</summary>
    public Utf8String? Help { get; set; }

    public Utf8String? Unit { get; set; }

    public List<Metric> Metrics { get; init; } = [];

    /// <summary>The same family with other metrics.</summary>
    public MetricFamily WithMetrics(List<Metric> metrics) => new()
    {
        Name = Name,
        Type = Type,
        Help = Help,
        Unit = Unit,
        Metrics = metrics,
    };
}
