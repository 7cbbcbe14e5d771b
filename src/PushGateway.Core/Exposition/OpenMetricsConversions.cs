namespace PushGateway.Core.Exposition;

/// <summary>Why an OpenMetrics scrape converts or omits something.</summary>
public enum OpenMetricsConversion
{
    /// <summary>The name of a counter does not end in <c>_total</c>. The family becomes unknown.</summary>
    CounterName,

    /// <summary>A sample of a counter is negative or NaN. The scrape omits it.</summary>
    CounterValue,

    /// <summary>Two families have the same name, or names that could collide. One becomes unknown, or is omitted.</summary>
    NameClash,

    /// <summary>A histogram or summary breaks a rule, such as that its sum must not be negative. The family becomes unknown.</summary>
    Distribution,

    /// <summary>After names are escaped, a metric has a label twice or duplicates a series. The scrape omits it.</summary>
    DuplicateSeries,

    /// <summary>An exemplar is too long, or not allowed at its place. The scrape omits it.</summary>
    Exemplar,

    /// <summary>The family's name does not end in the unit. The scrape omits the unit.</summary>
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
