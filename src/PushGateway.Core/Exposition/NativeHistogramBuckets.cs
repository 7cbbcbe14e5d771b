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

        var negative = Outwards(histogram, histogram.Negative);
        negative.Reverse();
        return [.. negative.Select(Mirrored), .. Zero(histogram), .. Outwards(histogram, histogram.Positive)];
    }

    private static IEnumerable<NativeBucket> Zero(Histogram histogram)
    {
        var whole = histogram.ZeroCount ?? 0;
        var isFloat = IsFloat(histogram);
        var count = isFloat ? histogram.ZeroCountFloat ?? 0 : whole;
        var threshold = histogram.ZeroThreshold ?? 0;
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

        var isFloat = IsFloat(histogram);
        var schema = histogram.Schema ?? 0;
        var available = isFloat ? side.Counts.Count : side.Deltas.Count;
        List<NativeBucket> buckets = [];
        var position = 0;
        var index = 0;
        var whole = 0L;
        foreach (var span in side.Spans)
        {
            index += span.Offset;
            for (var left = span.Length; left > 0 && position < available; left--, position++, index++)
            {
                whole += isFloat ? 0 : side.Deltas[position];
                var count = isFloat ? side.Counts[position] : (ulong)whole;
                if (count != 0)
                {
                    var lower = NativeBucketBounds.Upper(schema, index - 1);
                    var upper = NativeBucketBounds.Upper(schema, index);
                    var boundaries = upper > 0 ? BucketBoundaries.OpenLeft : BucketBoundaries.OpenBoth;
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
