namespace PushGateway.Core.Model;

/// <summary>The value of a summary. Null where a field was not given, which is shown as 0.</summary>
public sealed class Summary
{
    public ulong? SampleCount { get; set; }

    public double? SampleSum { get; set; }

    /// <summary>In the order of the push.</summary>
    public List<Quantile> Quantiles { get; init; } = [];

    public Timestamp? Created { get; set; }
}

/// <summary>A quantile (0 to 1) and the value at it.</summary>
public readonly record struct Quantile(double Rank, double Value);
