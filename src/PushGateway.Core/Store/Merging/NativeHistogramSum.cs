using PushGateway.Core.Exposition;

namespace PushGateway.Core.Store.Merging;

/// <summary>
/// Adds the native buckets of histograms, in the resolution of the coarser one. The sum is exact, since a bucket of a finer
/// schema lies within one bucket of each coarser schema.
/// </summary>
internal static class NativeHistogramSum
{
    /// <summary>Why a pushed histogram cannot be added to any other, or null.</summary>
    public static string? FindFault(Histogram pushed) => HasNative(pushed) ? NativeHistogramRules.FindBucketFault(pushed) : null;

    /// <summary>Adds to a stored histogram. Returns the reason if that is impossible, or null.</summary>
    public static string? Add(Histogram sum, Histogram pushed)
    {
        if (!HasNative(sum) && !HasNative(pushed))
        {
            return null;
        }
        if (HasNative(sum) != HasNative(pushed))
        {
            return HasNative(sum) ? "the stored one has native buckets" : "the stored one has no native buckets";
        }
        double threshold = sum.ZeroThreshold ?? 0;
        if (threshold != (pushed.ZeroThreshold ?? 0))
        {
            return $"its zero threshold is {GoNumber.Format(pushed.ZeroThreshold ?? 0)}, "
                + $"and that of the stored one is {GoNumber.Format(threshold)}";
        }
        if (FindFault(sum) is { } fault)
        {
            return $"of the stored one: {fault}";
        }
        bool isFloat = NativeHistogram.IsFloat(sum) || NativeHistogram.IsFloat(pushed);
        if (!SampleCounts.TryAdd(ZeroOf(sum), ZeroOf(pushed), out SampleCount zero))
        {
            return SampleCounts.TooLarge;
        }
        if (isFloat)
        {
            // Readers of a float histogram ignore whole counts.
            zero = new SampleCount(null, zero.Value);
        }
        int schema = Math.Min(sum.Schema ?? 0, pushed.Schema ?? 0);
        if (!TryAdd(sum, pushed, side => side.Negative, schema, isFloat, out NativeBuckets? negative)
            || !TryAdd(sum, pushed, side => side.Positive, schema, isFloat, out NativeBuckets? positive))
        {
            return "a native bucket would count more than 2^63 - 1";
        }
        if (negative is null && positive is null)
        {
            // A native histogram has at least one span, even if it is empty.
            positive = new NativeBuckets { Spans = [new BucketSpan(0, 0)] };
        }
        sum.Schema = schema;
        (sum.ZeroCount, sum.ZeroCountFloat) = zero;
        (sum.Negative, sum.Positive) = (negative, positive);
        if (Exemplars.Newest(sum.Exemplars, pushed.Exemplars) is { } exemplars)
        {
            sum.Exemplars = exemplars;
        }
        return null;
    }

    private static bool HasNative(Histogram histogram) => histogram.Schema is not null || histogram.IsNative;

    private static SampleCount ZeroOf(Histogram histogram) => new(histogram.ZeroCount, histogram.ZeroCountFloat);

    private static bool TryAdd(
        Histogram left,
        Histogram right,
        Func<Histogram, NativeBuckets?> side,
        int schema,
        bool isFloat,
        out NativeBuckets? sum)
    {
        var counts = new SortedDictionary<int, NativeCount>();
        AddTo(counts, left, side(left), schema);
        AddTo(counts, right, side(right), schema);
        sum = counts.Count == 0 ? null : isFloat ? Encode(counts, count => count.Float) : Encode(counts);
        return isFloat || !counts.Values.Any(count => count.Whole > long.MaxValue);
    }

    /// <summary>Adds the non-empty buckets, at their indexes in a coarser schema.</summary>
    private static void AddTo(SortedDictionary<int, NativeCount> counts, Histogram histogram, NativeBuckets? side, int schema)
    {
        if (side is null)
        {
            return;
        }
        bool isFloat = NativeHistogram.IsFloat(histogram);
        int shift = (histogram.Schema ?? 0) - schema;
        int index = 0;
        int position = 0;
        long whole = 0;
        foreach (BucketSpan span in side.Spans)
        {
            index += span.Offset;
            for (uint left = span.Length; left > 0; left--, position++, index++)
            {
                whole += isFloat ? 0 : side.Deltas[position];
                NativeCount count = isFloat ? new(0, side.Counts[position]) : new(whole, whole);
                if (count.Float != 0)
                {
                    // The bucket (2^((i-1)/2^s), 2^(i/2^s)] of schema s. Two of them form one of schema s-1.
                    int coarser = ((index - 1) >> shift) + 1;
                    counts[coarser] = counts.GetValueOrDefault(coarser) + count;
                }
            }
        }
    }

    private static NativeBuckets Encode(SortedDictionary<int, NativeCount> counts)
    {
        NativeBuckets buckets = Encode(counts, count => count.Float);
        buckets.Counts.Clear();
        Int128 before = 0;
        foreach (NativeCount count in counts.Values)
        {
            buckets.Deltas.Add((long)(count.Whole - before));
            before = count.Whole;
        }
        return buckets;
    }

    private static NativeBuckets Encode(SortedDictionary<int, NativeCount> counts, Func<NativeCount, double> number)
    {
        var buckets = new NativeBuckets();
        int next = 0;
        foreach ((int index, NativeCount count) in counts)
        {
            if (buckets.Spans is [.., var last] && index == next)
            {
                buckets.Spans[^1] = new BucketSpan(last.Offset, last.Length + 1);
            }
            else
            {
                buckets.Spans.Add(new BucketSpan(index - next, 1));
            }
            buckets.Counts.Add(number(count));
            next = index + 1;
        }
        return buckets;
    }

    /// <param name="Float">The same count as a float; the only one of float histograms.</param>
    private readonly record struct NativeCount(Int128 Whole, double Float)
    {
        public static NativeCount operator +(NativeCount left, NativeCount right) =>
            new(left.Whole + right.Whole, left.Float + right.Float);
    }
}
