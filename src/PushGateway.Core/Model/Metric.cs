namespace PushGateway.Core.Model;

/// <summary>One metric of a family: its labels and its value.</summary>
/// <remarks>What few metrics have is in an object of its own, so that 64 bytes do for the others.</remarks>
public sealed class Metric
{
    private object? _distribution;
    private OptionalFields? _optional;

    public LabelSet Labels { get; set; }

    /// <summary>
    /// Which kind of value is there; never <see cref="MetricType.GaugeHistogram"/>, whose metrics hold a
    /// <see cref="Histogram"/>. Null where a protobuf push left the value out. It can differ from the family's type,
    /// which the consistency check refuses.
    /// </summary>
    public MetricType? ValueType { get; set; }

    /// <summary>The value of a counter, a gauge or an untyped metric.</summary>
    public double Number { get; set; }

    /// <summary>Takes the place of a <see cref="Histogram"/>.</summary>
    public Summary? Summary
    {
        get => _distribution as Summary;
        set => _distribution = value ?? (object?)Histogram;
    }

    /// <summary>Takes the place of a <see cref="Summary"/>.</summary>
    public Histogram? Histogram
    {
        get => _distribution as Histogram;
        set => _distribution = value ?? (object?)Summary;
    }

    /// <summary>A counter's exemplar; those of histograms are in <see cref="Histogram"/>.</summary>
    public Exemplar? Exemplar
    {
        get => _optional?.Exemplar;
        set => _optional = Optional with { Exemplar = value };
    }

    /// <summary>A counter's created timestamp.</summary>
    public Timestamp? Created
    {
        get => _optional?.Created;
        set => _optional = Optional with { Created = value };
    }

    /// <summary>Milliseconds since 1970. A push that carries one is refused.</summary>
    public long? TimestampMs
    {
        get => _optional?.TimestampMs;
        set => _optional = Optional with { TimestampMs = value };
    }

    private OptionalFields Optional => _optional ?? OptionalFields.None;

    /// <summary>The same value under other labels.</summary>
    public Metric WithLabels(LabelSet labels)
    {
        var metric = (Metric)MemberwiseClone();
        metric.Labels = labels;
        return metric;
    }

    /// <summary>Immutable, so that copies of a metric can share it.</summary>
    private sealed record OptionalFields(Exemplar? Exemplar, Timestamp? Created, long? TimestampMs)
    {
        public static readonly OptionalFields None = new(null, null, null);
    }
}
