namespace PushGateway.Core.Exposition;

/// <summary>
/// The rules that Prometheus has for native histograms. It rejects a whole protobuf scrape for one histogram that breaks
/// them, and Prometheus 2.42 exits.
/// </summary>
internal static class NativeHistogramRules
{
    private const int CoarsestSchema = -4;
    private const string SpansDoNotFit = "its native buckets do not fit their spans";
    private const string NegativeCount = "a count must be neither NaN nor negative";

    /// <summary>Whether Prometheus reads native buckets from it, and ignores its classic ones.</summary>
    public static bool IsNative(Histogram histogram) =>
        histogram.HasNativeFields
        && (histogram is { ZeroThreshold: > 0 } or { ZeroCount: > 0 } or { ZeroCountFloat: > 0 }
            || HasBuckets(histogram.Negative)
            || HasBuckets(histogram.Positive));

    /// <summary>What is wrong with a histogram's native buckets, or null.</summary>
    public static string? FindFault(Histogram histogram) => IsNative(histogram)
        ? FindBucketFault(histogram) ?? FindCountFault(histogram)
        : null;

    /// <summary>The faults that <see cref="FindFault"/> finds without the count of all observations.</summary>
    public static string? FindBucketFault(Histogram histogram)
    {
        int schema = histogram.Schema ?? 0;
        if (schema is < CoarsestSchema or > NativeHistogram.FinestSchema)
        {
            return $"its schema {schema} is not one from {CoarsestSchema} to {NativeHistogram.FinestSchema}";
        }
        bool isFloat = NativeHistogram.IsFloat(histogram);
        return FindSideFault(histogram.Negative, isFloat) ?? FindSideFault(histogram.Positive, isFloat);
    }

    private static bool HasBuckets(NativeBuckets? side) => side is { Spans.Count: > 0 } or { Deltas.Count: > 0 } or { Counts.Count: > 0 };

    private static string? FindSideFault(NativeBuckets? side, bool isFloat)
    {
        if (side is null)
        {
            return null;
        }
        long index = 0;
        long buckets = 0;
        for (int i = 0; i < side.Spans.Count; i++)
        {
            index += (long)side.Spans[i].Offset + side.Spans[i].Length;
            buckets += side.Spans[i].Length;
            if ((i > 0 && side.Spans[i].Offset < 0) || index != (int)index)
            {
                return SpansDoNotFit;
            }
        }
        if (buckets != (isFloat ? side.Counts.Count : side.Deltas.Count))
        {
            return SpansDoNotFit;
        }
        Int128 count = 0;
        return (isFloat && side.Counts.Exists(number => !(number >= 0)))
            || (!isFloat && side.Deltas.Exists(delta => (count += delta) < 0 || count > long.MaxValue))
                ? NegativeCount
                : null;
    }

    /// <summary>
    /// An integer histogram counts each observation in one bucket. Only NaN is in none, and makes the sum NaN. The counts of
    /// a float histogram need not add up, since they may have been rounded.
    /// </summary>
    private static string? FindCountFault(Histogram histogram)
    {
        if (NativeHistogram.IsFloat(histogram))
        {
            return histogram is { SampleCountFloat: < 0 } or { ZeroCountFloat: < 0 } ? NegativeCount : null;
        }
        Int128 inBuckets = CountOf(histogram.Negative) + CountOf(histogram.Positive) + (histogram.ZeroCount ?? 0);
        ulong count = histogram.SampleCount ?? 0;
        bool fits = double.IsNaN(histogram.SampleSum ?? 0) ? inBuckets <= count : inBuckets == count;
        return fits ? null : $"its count is {count}, but its native buckets have {inBuckets}";
    }

    private static Int128 CountOf(NativeBuckets? side)
    {
        Int128 sum = 0;
        Int128 count = 0;
        foreach (long delta in side?.Deltas ?? [])
        {
            count += delta;
            sum += count;
        }
        return sum;
    }
}
