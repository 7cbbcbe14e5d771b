namespace PushGateway.Core.Model;

/// <summary>One metric of a family: its labels and its value.</summary>
/// <remarks>Rare fields are in a separate object, so that other metrics need only 64 bytes.</remarks>
public sealed class Metric
{
    private object? _distribution;
    private OptionalFields? _optional;

    public LabelSet Labels { get; set; }

    /// <summary>
    /// The type of the value: <see cref="MetricType.Histogram"/> for gauge histograms too. Null for a protobuf metric
    /// without a value. The consistency check rejects a type other than the family's.
    /// </summary>
    public MetricType? ValueType { get; set; }

    /// <summary>The value of a counter, a gauge or an untyped metric.</summary>
    public double Number { get; set; }

    /// <summary>Setting it replaces a <see cref="Histogram"/>.</summary>
    public Summary? Summary
    {
        get => _distribution as Summary;
        set => _distribution = value ?? (object?)Histogram;
    }

    /// <summary>Setting it replaces a <see cref="Summary"/>.</summary>
    public Histogram? Histogram
    {
        get => _distribution as Histogram;
        set => _distribution = value ?? (object?)Summary;
    }

    /// <summary>The exemplar of a counter. <see cref="Histogram"/> has those of histograms.</summary>
    public Exemplar? Exemplar
    {
        get => _optional?.Exemplar;
        set => _optional = Optional with { Exemplar = value };
    }

    /// <summary>The creation time of a counter.</summary>
    public Timestamp? Created
    {
        get => _optional?.Created;
        set => _optional = Optional with { Created = value };
    }

    /// <summary>Milliseconds since 1970. The gateway rejects pushes with timestamps.</summary>
    public long? TimestampMs
    {
        get => _optional?.TimestampMs;
        set => _optional = Optional with { TimestampMs = value };
    }

    /// <summary>
    /// Whether a protobuf message had no <see cref="Number"/>, which counts as 0. Only errors that quote the push show
    /// the difference.
    /// </summary>
    public bool IsNumberAbsent
    {
        get => _optional is { IsNumberAbsent: true };
        set
        {
            // Most metrics get a number right after this, and need no object for it.
            if (value != IsNumberAbsent)
            {
                _optional = _optional is null ? OptionalFields.NoNumber
                    : ReferenceEquals(_optional, OptionalFields.NoNumber) ? null
                    : _optional with { IsNumberAbsent = value };
            }
        }
    }

    /// <summary>Whether it has only labels and a <see cref="Number"/> or a distribution.</summary>
    public bool IsNumberOnly => _optional is null;

    private OptionalFields Optional => _optional ?? OptionalFields.None;

    /// <summary>
    /// False for a summary or histogram without values, whose samples all lacked the quantile or <c>le</c>.
    /// </summary>
    public bool HasSample =>
        Summary is not { SampleCount: null, SampleSum: null, Quantiles.Count: 0 } && Histogram is not { IsEmpty: true };

    /// <summary>A copy with other labels.</summary>
    public Metric WithLabels(LabelSet labels)
    {
        var metric = (Metric)MemberwiseClone();
        metric.Labels = labels;
        return metric;
    }

    // Immutable, so that copies of a metric can share it.
    private sealed record OptionalFields(
        Exemplar? Exemplar, Timestamp? Created, long? TimestampMs, bool IsNumberAbsent = false)
    {
        public static readonly OptionalFields NoNumber = new(null, null, null, IsNumberAbsent: true);
        public static readonly OptionalFields None = new(null, null, null);
    }
}
