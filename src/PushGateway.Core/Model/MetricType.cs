namespace PushGateway.Core.Model;

/// <summary>The type of a metric family. The numbers are those of io.prometheus.client.MetricType.</summary>
public enum MetricType
{
    Counter = 0,
    Gauge = 1,
    Summary = 2,
    Untyped = 3,
    Histogram = 4,
    GaugeHistogram = 5,
}
