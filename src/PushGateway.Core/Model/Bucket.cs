namespace PushGateway.Core.Model;

/// <summary>A classic bucket: the number of samples up to <paramref name="UpperBound"/>.</summary>
/// <remarks>
/// A struct of 24 bytes, with rare fields in a separate object, since large histogram pushes consist mostly of buckets.
/// </remarks>
public readonly record struct Bucket(double UpperBound)
{
    private readonly ulong _count;

    /// <summary>Null if the bucket has only a whole count.</summary>
    private readonly OptionalFields? _optional = OptionalFields.NoCount;

    public ulong? CumulativeCount
    {
        get => _optional is { HasCount: false } ? null : _count;
        init
        {
            _count = value ?? 0;
            _optional = OptionalFields.Of(value is not null, CumulativeCountFloat, Exemplar, IsUpperBoundAbsent);
        }
    }

    /// <summary>Overrides <see cref="CumulativeCount"/> unless it is 0.</summary>
    public double? CumulativeCountFloat
    {
        get => _optional?.CumulativeCountFloat;
        init => _optional = OptionalFields.Of(CumulativeCount is not null, value, Exemplar, IsUpperBoundAbsent);
    }

    public Exemplar? Exemplar
    {
        get => _optional?.Exemplar;
        init => _optional =
            OptionalFields.Of(CumulativeCount is not null, CumulativeCountFloat, value, IsUpperBoundAbsent);
    }

    /// <summary>Whether a protobuf message had no <see cref="UpperBound"/>, which counts as 0.</summary>
    public bool IsUpperBoundAbsent
    {
        get => _optional is { IsUpperBoundAbsent: true };
        init => _optional = OptionalFields.Of(CumulativeCount is not null, CumulativeCountFloat, Exemplar, value);
    }

    /// <summary>The effective count: the float count unless it is 0.</summary>
    public double Count => CumulativeCountFloat is { } count and not 0 ? count : CumulativeCount ?? 0;

    private sealed record OptionalFields(
        bool HasCount, double? CumulativeCountFloat, Exemplar? Exemplar, bool IsUpperBoundAbsent)
    {
        public static readonly OptionalFields NoCount = new(false, null, null, false);

        public static OptionalFields? Of(bool hasCount, double? count, Exemplar? exemplar, bool isUpperBoundAbsent) =>
            count is not null || exemplar is not null || isUpperBoundAbsent
                ? new OptionalFields(hasCount, count, exemplar, isUpperBoundAbsent)
                : hasCount ? null : NoCount;
    }
}
