namespace PushGateway.Core.Exposition;

/// <summary>Which of a bucket's boundaries belong to it. The numbers are those of the JSON API.</summary>
public enum BucketBoundaries
{
    /// <summary>The upper one only: (lower, upper].</summary>
    OpenLeft = 0,

    /// <summary>The lower one only: [lower, upper).</summary>
    OpenRight = 1,

    /// <summary>Neither.</summary>
    OpenBoth = 2,

    /// <summary>Both.</summary>
    Closed = 3,
}

/// <summary>A bucket of a native histogram with its boundaries worked out.</summary>
public readonly record struct NativeBucket(BucketBoundaries Boundaries, double Lower, double Upper, double Count)
{
    /// <summary>The exact count of an integer histogram; null in a float histogram.</summary>
    public ulong? WholeCount { get; init; }
}
