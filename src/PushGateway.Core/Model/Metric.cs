namespace PushGateway.Core.Model;

/// <summary>One metric of a family: its labels and its value.</summary>
public sealed class Metric
{
    public Label[] Labels { get; set; } = [];

    /// <summary>
    /// Which kind of value is there; never <see cref="MetricType.GaugeHistogram"/>, whose metrics hold a
    /// <see cref="Histogram"/>. Null where a protobuf push left the value out. It can differ from the family's type,
    /// which the consistency check refuses.
    /// </summary>
    public MetricType? ValueType { get; set; }

    /// <summary>The value of a counter, a gauge or an untyped metric.</summary>
    public double Number { get; set; }

    public Summary? Summary { get; set; }

    public Histogram? Histogram { get; set; }

    /// <summary>A counter's exemplar; those of histograms are in <see cref="Histogram"/>.</summary>
    public Exemplar? Exemplar { get; set; }

    /// <summary>A counter's created timestamp.</summary>
    public Timestamp? Created { get; set; }

    /// <summary>Milliseconds since 1970. A push that carries one is refused.</summary>
    public long? TimestampMs { get; set; }

    /// <summary>The same value under other labels.</summary>
    public Metric WithLabels(Label[] labels)
    {
        var metric = (Metric)MemberwiseClone();
        metric.Labels = labels;
        return metric;
    }
}
