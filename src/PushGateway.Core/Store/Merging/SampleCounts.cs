namespace PushGateway.Core.Store.Merging;

/// <summary>Adds the counts of histograms and summaries: whole numbers exactly, or floats.</summary>
internal static class SampleCounts
{
    public const string TooLarge = "a count would exceed 2^64 - 1";

    /// <summary>False beyond 2^64 - 1.</summary>
    public static bool TryAdd(ulong? left, ulong? right, out ulong? sum)
    {
        sum = left is null && right is null ? null : (left ?? 0) + (right ?? 0);
        return (sum ?? 0) >= (left ?? 0);
    }

    /// <summary>Adds counts that are whole numbers or floats. The sum of a float and a whole number is a float.</summary>
    public static bool TryAdd(SampleCount left, SampleCount right, out SampleCount sum)
    {
        if (left.IsFloat || right.IsFloat)
        {
            sum = new SampleCount(null, left.Value + right.Value);
            return true;
        }
        bool fits = TryAdd(left.Whole, right.Whole, out ulong? whole);
        sum = new SampleCount(whole, null);
        return fits;
    }

    public static double? Add(double? left, double? right) =>
        left is null && right is null ? null : (left ?? 0) + (right ?? 0);
}

/// <summary>A count in the fields of a message.</summary>
/// <param name="Float">Overrides <paramref name="Whole"/> unless it is 0.</param>
internal readonly record struct SampleCount(ulong? Whole, double? Float)
{
    public bool IsFloat => Float is not (null or 0);

    public double Value => IsFloat ? Float!.Value : Whole ?? 0;

    /// <summary>Whether it is a number that is not negative.</summary>
    public bool IsValid => Float is null or >= 0;

    public bool IsAbove(SampleCount other) =>
        IsFloat || other.IsFloat ? Value > other.Value : (Whole ?? 0) > (other.Whole ?? 0);
}
