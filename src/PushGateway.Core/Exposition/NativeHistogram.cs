using PushGateway.Core.Model;

namespace PushGateway.Core.Exposition;

/// <summary>The buckets of a native histogram, as the JSON API and the UI show them.</summary>
public static class NativeHistogram
{
    /// <summary>Upstream: a float count above 0 makes it a float histogram; its integer fields are ignored.</summary>
    public static bool IsFloat(Histogram histogram) =>
        histogram.SampleCountFloat > 0 || histogram.ZeroCountFloat > 0;

    /// <summary>
    /// Those that are not empty, from the lowest to the highest: at most as many as the histogram has deltas or counts,
    /// whatever the spans claim. None where the schema has no boundaries.
    /// </summary>
    /// <remarks>
    /// Unlike upstream, which panics and drops the connection where the schema is above 8 or the spans have more buckets
    /// than counts. Schemas below -4, that of custom buckets included, have the boundaries which the formula gives.
    /// </remarks>
    public static IReadOnlyList<NativeBucket> Enumerate(Histogram histogram)
    {
        if (!NativeBucketBounds.IsKnown(histogram.Schema ?? 0))
        {
            return [];
        }

        List<NativeBucket> negative = Outwards(histogram, histogram.Negative);
        negative.Reverse();
        return [.. negative.Select(Mirrored), .. Zero(histogram), .. Outwards(histogram, histogram.Positive)];
    }

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

    /// <summary>The buckets of one side from zero outwards, as if it were the positive one.</summary>
    private static List<NativeBucket> Outwards(Histogram histogram, NativeBuckets? side)
    {
        if (side is null)
        {
            return [];
        }

        bool isFloat = IsFloat(histogram);
        int schema = histogram.Schema ?? 0;
        int available = isFloat ? side.Counts.Count : side.Deltas.Count;
        List<NativeBucket> buckets = [];
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
                    double lower = NativeBucketBounds.Upper(schema, index - 1);
                    double upper = NativeBucketBounds.Upper(schema, index);
                    BucketBoundaries boundaries = upper > 0 ? BucketBoundaries.OpenLeft : BucketBoundaries.OpenBoth;
                    buckets.Add(new(boundaries, lower, upper, count) { WholeCount = isFloat ? null : (ulong)whole });
                }
            }
        }

        return buckets;
    }

    private static NativeBucket Mirrored(NativeBucket bucket) => bucket with
    {
        Boundaries = bucket.Boundaries == BucketBoundaries.OpenLeft ? BucketBoundaries.OpenRight : bucket.Boundaries,
        Lower = -bucket.Upper,
        Upper = -bucket.Lower,
    };
}

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

/// <summary>
/// The boundaries of native histograms' buckets, bit for bit as Prometheus has them: bucket i of schema s ends at
/// 2^(i * 2^-s).
/// </summary>
internal static class NativeBucketBounds
{
    private const int FinestSchema = 8;

    /// <summary>2^(2^-s) for the schemas from 1, as upstream has them: the first is not the nearest double.</summary>
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

    /// <summary>For each schema from 0: the bounds from 0.5 to below 1. Powers of two give all others.</summary>
    private static readonly double[][] Fractions = FractionsOfAllSchemas();

    /// <summary>Whether the schema has boundaries at all.</summary>
    public static bool IsKnown(int schema) => schema is > int.MinValue and <= FinestSchema;

    /// <summary>The upper bound of a bucket on the positive side.</summary>
    public static double Upper(int schema, int index)
    {
        if (schema < 0)
        {
            int shift = -schema;
            return Scale(1, shift < 64 ? (long)index << shift : 0);
        }

        double fraction = Fractions[schema][index & ((1 << schema) - 1)];
        return Scale(fraction, (index >> schema) + 1L);
    }

    /// <summary>fraction * 2^exponent; where that is just 2^1024, the largest number there is.</summary>
    private static double Scale(double fraction, long exponent)
    {
        const int Beyond = 2000;
        bool endsAtLimit = fraction == 0.5 ? exponent == 1025 : fraction == 1 && exponent == 1024;
        return endsAtLimit
            ? double.MaxValue
            : Math.ScaleB(fraction, (int)Math.Clamp(exponent, -Beyond, Beyond));
    }

    /// <summary>
    /// Each schema has the bounds of the coarser one at even places, and between them the bound before times the
    /// factor. The rounding that this brings is part of the boundaries.
    /// </summary>
    private static double[][] FractionsOfAllSchemas()
    {
        double[][] schemas = new double[FinestSchema + 1][];
        schemas[0] = [0.5];
        for (int schema = 1; schema <= FinestSchema; schema++)
        {
            double[] coarser = schemas[schema - 1];
            double[] bounds = new double[coarser.Length * 2];
            for (int i = 0; i < coarser.Length; i++)
            {
                bounds[2 * i] = coarser[i];
                bounds[(2 * i) + 1] = coarser[i] * Factors[schema - 1];
            }

            schemas[schema] = bounds;
        }

        return schemas;
    }
}
