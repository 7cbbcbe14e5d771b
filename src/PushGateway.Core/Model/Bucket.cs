namespace PushGateway.Core.Model;

/// <summary>A classic bucket: how many samples are at most <paramref name="UpperBound"/>.</summary>
/// <remarks>
/// A struct of 32 bytes, with what few buckets have in an object of its own: large histogram bodies are mostly buckets.
/// </remarks>
public readonly record struct Bucket(double UpperBound)
{
    private readonly Rarities? _rarities;

    public ulong? CumulativeCount { get; init; }

    /// <summary>Overrides <see cref="CumulativeCount"/> where it is not 0.</summary>
    public double? CumulativeCountFloat
    {
        get => _rarities?.CumulativeCountFloat;
        init => _rarities = Rarities.Of(value, Exemplar);
    }

    public Exemplar? Exemplar
    {
        get => _rarities?.Exemplar;
        init => _rarities = Rarities.Of(CumulativeCountFloat, value);
    }

    /// <summary>The count as shown: the float one where it is not 0.</summary>
    public double Count => CumulativeCountFloat is { } count and not 0 ? count : CumulativeCount ?? 0;

    private sealed record Rarities(double? CumulativeCountFloat, Exemplar? Exemplar)
    {
        public static Rarities? Of(double? count, Exemplar? exemplar) =>
            count is null && exemplar is null ? null : new Rarities(count, exemplar);
    }
}
