namespace PushGateway.Core.Exposition;

/// <summary>Why something is converted or left out of an OpenMetrics scrape.</summary>
public enum OpenMetricsConversion
{
    /// <summary>The name of a counter does not end in <c>_total</c>: the family is of unknown type.</summary>
    CounterName,

    /// <summary>A sample of a counter is negative or no number: left out.</summary>
    CounterValue,

    /// <summary>Two families would have the same name, or could have: one is of unknown type, or left out.</summary>
    NameClash,

    /// <summary>A histogram or summary breaks a rule, such as that its sum is not negative: the family is of unknown type.</summary>
    Distribution,

    /// <summary>Escaped names make a label twice, or a series that another metric has: left out.</summary>
    DuplicateSeries,

    /// <summary>An exemplar is too long, or not allowed where it is: left out.</summary>
    Exemplar,

    /// <summary>The unit does not end the family's name: left out.</summary>
    Unit,
}

/// <summary>Counts conversions by reason. Not thread-safe.</summary>
public sealed class OpenMetricsConversions
{
    public static readonly OpenMetricsConversion[] Reasons = Enum.GetValues<OpenMetricsConversion>();

    private readonly long[] _counts = new long[Reasons.Length];

    public long this[OpenMetricsConversion reason] => _counts[(int)reason];

    internal void Add(OpenMetricsConversion reason) => _counts[(int)reason]++;
}
