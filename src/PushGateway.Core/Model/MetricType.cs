namespace PushGateway.Core.Model;

/// <summary>The type of a metric family, with the numbers of io.prometheus.client.MetricType.</summary>
public enum MetricType
{
    Counter = 0,
    Gauge = 1,
    Summary = 2,
    Untyped = 3,
    Histogram = 4,
    GaugeHistogram = 5,
}

public static class MetricTypes
{
    /// <summary>The word for the type in the text format.</summary>
    public static string TextName(this MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Gauge => "gauge",
        MetricType.Summary => "summary",
        MetricType.Histogram => "histogram",
        MetricType.GaugeHistogram => "gaugehistogram",
        _ => "untyped",
    };

    /// <summary>The name in io.prometheus.client.MetricType, used in messages and the JSON API.</summary>
    public static string ProtoName(this MetricType type) => type switch
    {
        MetricType.Counter => "COUNTER",
        MetricType.Gauge => "GAUGE",
        MetricType.Summary => "SUMMARY",
        MetricType.Histogram => "HISTOGRAM",
        MetricType.GaugeHistogram => "GAUGE_HISTOGRAM",
        _ => "UNTYPED",
    };
}
