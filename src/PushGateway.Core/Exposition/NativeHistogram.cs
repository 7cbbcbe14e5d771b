namespace PushGateway.Core.Exposition;

/// <summary>Computes the buckets of native histograms for the JSON API and the UI.</summary>
public static class NativeHistogram
{
    internal const int FinestSchema = 8;

    /// <summary>2^(2^-schema) for the schemas from 1. As upstream: the first is not the nearest double.</summary>
    private static readonly double[] Factors =
    [
        1.414213562373095,
        1.189207115002721,
        1.0905077326652577,
        1.0442737824274138,
        1.0218971486541166,
        1.0108892860517005,
        1.0054299011128027,
        1.0027112750502025,
    ];

    /// <summary>The bounds from 0.5 to below 1 for each schema from 0. Powers of two give all others.</summary>
    private static readonly double[][] Fractions = ComputeFractions();

    /// <summary>Upstream: a float count above 0 makes it a float histogram; its integer fields are ignored.</summary>
    public static bool IsFloat(Histogram histogram) =>
        histogram.SampleCountFloat > 0 || histogram.ZeroCountFloat > 0;

    /// <summary>
    /// The non-empty buckets in ascending order, no more than the histogram has deltas or counts, whatever the spans
    /// claim. Empty for schemas without bounds.
    /// </summary>
    /// <remarks>
    /// Unlike upstream, which panics and drops the connection if the schema is above 8 or the spans have more buckets
    /// than counts. Schemas below -4, including custom buckets, get the bounds of the formula.
    /// </remarks>
    public static IReadOnlyList<NativeBucket> Enumerate(Histogram histogram) => histogram.Schema is int.MinValue or > FinestSchema
        ? []
        : WithBounds(
            histogram, histogram.Schema ?? 0, Outwards(histogram, histogram.Negative), Outwards(histogram, histogram.Positive));

    /// <summary>The buckets in ascending order, with the bounds of a schema.</summary>
    /// <param name="negative">From zero outwards, like <paramref name="positive"/>.</param>
    internal static IReadOnlyList<NativeBucket> WithBounds(
        Histogram histogram, int schema, IReadOnlyList<IndexedBucket> negative, IReadOnlyList<IndexedBucket> positive) =>
    [
        .. negative.Reverse().Select(bucket => Mirror(WithBounds(schema, bucket))),
        .. Zero(histogram),
        .. positive.Select(bucket => WithBounds(schema, bucket)),
    ];

    private static IEnumerable<NativeBucket> Zero(Histogram histogram)
    {
        ulong whole = histogram.ZeroCount ?? 0;
        bool isFloat = IsFloat(histogram);
        double count = isFloat ? histogram.ZeroCountFloat ?? 0 : whole;
        double threshold = histogram.ZeroThreshold ?? 0;
        return count == 0 ? [] :
        [
            new(BucketBoundaries.Closed, -threshold, threshold, count) { WholeCount = isFloat ? null : whole },
        ];
    }

    /// <summary>The non-empty buckets of one side from zero outwards.</summary>
    internal static List<IndexedBucket> Outwards(Histogram histogram, NativeBuckets? side)
    {
        if (side is null)
        {
            return [];
        }
        bool isFloat = IsFloat(histogram);
        int available = isFloat ? side.Counts.Count : side.Deltas.Count;
        List<IndexedBucket> buckets = [];
        int position = 0;
        int index = 0;
        long whole = 0L;
        foreach (BucketSpan span in side.Spans)
        {
            index += span.Offset;
            for (uint left = span.Length; left > 0 && position < available; left--, position++, index++)
            {
                whole += isFloat ? 0 : side.Deltas[position];
                double count = isFloat ? side.Counts[position] : (ulong)whole;
                if (count != 0)
                {
                    buckets.Add(new(index, count, isFloat ? null : (ulong)whole));
                }
            }
        }
        return buckets;
    }

    private static NativeBucket WithBounds(int schema, IndexedBucket bucket)
    {
        double lower = UpperBound(schema, bucket.Index - 1);
        double upper = UpperBound(schema, bucket.Index);
        BucketBoundaries boundaries = upper > 0 ? BucketBoundaries.OpenLeft : BucketBoundaries.OpenBoth;
        return new(boundaries, lower, upper, bucket.Count) { WholeCount = bucket.WholeCount };
    }

    private static NativeBucket Mirror(NativeBucket bucket) => bucket with
    {
        Boundaries = bucket.Boundaries == BucketBoundaries.OpenLeft ? BucketBoundaries.OpenRight : bucket.Boundaries,
        Lower = -bucket.Upper,
        Upper = -bucket.Lower,
    };

    /// <summary>2^(index * 2^-schema), bit for bit as Prometheus computes it.</summary>
    private static double UpperBound(int schema, int index)
    {
        if (schema < 0)
        {
            int shift = -schema;
            return Scale(1, shift < 64 ? (long)index << shift : 0);
        }
        double fraction = Fractions[schema][index & ((1 << schema) - 1)];
        return Scale(fraction, (index >> schema) + 1L);
    }

    /// <summary>fraction * 2^exponent, with the largest double for exactly 2^1024.</summary>
    private static double Scale(double fraction, long exponent)
    {
        const int BeyondRange = 2000;
        bool isTwoTo1024 = fraction == 0.5 ? exponent == 1025 : fraction == 1 && exponent == 1024;
        return isTwoTo1024
            ? double.MaxValue
            : Math.ScaleB(fraction, (int)Math.Clamp(exponent, -BeyondRange, BeyondRange));
    }

    /// <summary>
    /// Each schema takes the bounds of the coarser one at even positions, and multiplies each by its factor for the
    /// next odd position. Prometheus has the same rounding errors.
    /// </summary>
    private static double[][] ComputeFractions()
    {
        double[][] schemas = new double[FinestSchema + 1][];
        schemas[0] = [0.5];
        for (int schema = 1; schema <= FinestSchema; schema++)
        {
            double factor = Factors[schema - 1];
            schemas[schema] = [.. schemas[schema - 1].SelectMany(bound => new[] { bound, bound * factor })];
        }
        return schemas;
    }
}

/// <summary>Which of a bucket's boundaries belong to it. The JSON API shows the numbers.</summary>
public enum BucketBoundaries
{
    /// <summary>(lower, upper]</summary>
    OpenLeft = 0,

    /// <summary>[lower, upper)</summary>
    OpenRight = 1,

    /// <summary>(lower, upper)</summary>
    OpenBoth = 2,

    /// <summary>[lower, upper]</summary>
    Closed = 3,
}

/// <summary>A bucket of a native histogram with its bounds.</summary>
public readonly record struct NativeBucket(BucketBoundaries Boundaries, double Lower, double Upper, double Count)
{
    /// <summary>The exact count of an integer histogram; null for a float histogram.</summary>
    public ulong? WholeCount { get; init; }
}

/// <summary>A bucket of one side of a native histogram. Its upper bound is 2^(index * 2^-schema).</summary>
/// <param name="WholeCount">The exact count of an integer histogram; null for a float histogram.</param>
internal readonly record struct IndexedBucket(int Index, double Count, ulong? WholeCount);
