namespace PushGateway.Core.Model;

/// <summary>A classic bucket: how many samples are at most <paramref name="UpperBound"/>.</summary>
/// <remarks>
/// A struct of 24 bytes, with what few buckets have in an object of its own: large histogram bodies are mostly buckets.
/// </remarks>
public readonly record struct Bucket(double UpperBound)
{
    private readonly ulong _count;

    /// <summary>Null where there is a whole count, and nothing else.</summary>
    private readonly OptionalFields? _optional = OptionalFields.NoCount;

    public ulong? CumulativeCount
    {
        get => _optional is { HasCount: false } ? null : _count;
        init
        {
            _count = value ?? 0;
            _optional = OptionalFields.Of(value is not null, CumulativeCountFloat, Exemplar);
        }
    }

    /// <summary>Overrides <see cref="CumulativeCount"/> where it is not 0.</summary>
    public double? CumulativeCountFloat
    {
        get => _optional?.CumulativeCountFloat;
        init => _optional = OptionalFields.Of(CumulativeCount is not null, value, Exemplar);
    }

    public Exemplar? Exemplar
    {
        get => _optional?.Exemplar;
        init => _optional = OptionalFields.Of(CumulativeCount is not null, CumulativeCountFloat, value);
    }

    /// <summary>The count as shown: the float one where it is not 0.</summary>
    public double Count => CumulativeCountFloat is { } count and not 0 ? count : CumulativeCount ?? 0;

    private sealed record OptionalFields(bool HasCount, double? CumulativeCountFloat, Exemplar? Exemplar)
    {
        public static readonly OptionalFields NoCount = new(false, null, null);

        public static OptionalFields? Of(bool hasCount, double? count, Exemplar? exemplar) =>
            count is not null || exemplar is not null ? new OptionalFields(hasCount, count, exemplar)
            : hasCount ? null : NoCount;
    }
}
