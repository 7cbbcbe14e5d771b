namespace PushGateway.Core.Store.Merging;

/// <summary>Adds a pushed histogram to a stored one with the same buckets.</summary>
internal static class HistogramSum
{
    /// <summary>Why a pushed histogram cannot be added to any other, or null.</summary>
    public static string? FindFault(Histogram pushed)
    {
        if (!CountOf(pushed).IsValid || pushed.ZeroCountFloat is < 0 or double.NaN || !pushed.Buckets.TrueForAll(IsValid))
        {
            return "a count must be neither NaN nor negative";
        }
        List<Bucket> buckets = Sorted(pushed.Buckets);
        for (int i = 0; i < buckets.Count; i++)
        {
            if (double.IsNaN(buckets[i].UpperBound) || (i > 0 && buckets[i].UpperBound == buckets[i - 1].UpperBound))
            {
                return "two of its buckets have the same bound, or one has none";
            }
            if (i > 0 && CountOf(buckets[i - 1]).IsAbove(CountOf(buckets[i])))
            {
                return $"its bucket up to {BoundOf(buckets[i])} counts less than the one before";
            }
        }
        return buckets.Count > 0 && CountOf(buckets[^1]).IsAbove(CountOf(pushed))
            ? "its buckets count more than it does"
            : NativeHistogramSum.FindFault(pushed);
    }

    /// <summary>Adds to a stored histogram. Returns the reason if that is impossible, or null.</summary>
    public static string? Add(Histogram sum, Histogram pushed)
    {
        // First, since the counts decide whether it is a float histogram.
        string? fault = NativeHistogramSum.Add(sum, pushed);
        fault ??= AddBuckets(sum, pushed);
        if (fault is not null)
        {
            return fault;
        }
        if (!CountOf(sum).IsValid || !sum.Buckets.TrueForAll(IsValid))
        {
            return "a count of the stored one is NaN or negative";
        }
        if (!SampleCounts.TryAdd(CountOf(sum), CountOf(pushed), out SampleCount count))
        {
            return SampleCounts.TooLarge;
        }
        (sum.SampleCount, sum.SampleCountFloat) = count;
        sum.SampleSum = SampleCounts.Add(sum.SampleSum, pushed.SampleSum);
        sum.Created = MetricSum.Earliest(sum.Created, pushed.Created);
        return null;
    }

    private static string? AddBuckets(Histogram sum, Histogram pushed)
    {
        List<Bucket> added = Sorted(pushed.Buckets);
        List<Bucket> buckets = Sorted(sum.Buckets);
        Complete(added, pushed, like: buckets);
        Complete(buckets, sum, like: added);
        if (buckets.Count != added.Count)
        {
            return $"it has {added.Count} buckets, and the stored one has {buckets.Count}";
        }
        for (int i = 0; i < buckets.Count; i++)
        {
            if (buckets[i].UpperBound != added[i].UpperBound)
            {
                return $"it has a bucket up to {BoundOf(added[i])} where the stored one has one up to {BoundOf(buckets[i])}";
            }
            if (!SampleCounts.TryAdd(CountOf(buckets[i]), CountOf(added[i]), out SampleCount count))
            {
                return SampleCounts.TooLarge;
            }
            buckets[i] = new Bucket(buckets[i].UpperBound)
            {
                CumulativeCount = count.Whole,
                CumulativeCountFloat = count.Float,
                Exemplar = Exemplars.Newer(buckets[i].Exemplar, added[i].Exemplar),
            };
        }
        sum.Buckets.Clear();
        sum.Buckets.AddRange(buckets);
        return null;
    }

    /// <summary>Adds the +Inf bucket, which protobuf may omit, if the other histogram has it.</summary>
    private static void Complete(List<Bucket> buckets, Histogram histogram, List<Bucket> like)
    {
        if (EndsInfinite(like) && !EndsInfinite(buckets))
        {
            buckets.Add(new Bucket(double.PositiveInfinity)
            {
                CumulativeCount = histogram.SampleCount,
                CumulativeCountFloat = histogram.SampleCountFloat,
            });
        }
    }

    private static bool EndsInfinite(List<Bucket> buckets) => buckets is [.., { UpperBound: double.PositiveInfinity }];

    /// <summary>A copy in the order of the bounds, which is the order of most clients.</summary>
    private static List<Bucket> Sorted(List<Bucket> buckets)
    {
        List<Bucket> sorted = [.. buckets];
        for (int i = 1; i < sorted.Count; i++)
        {
            if (sorted[i].UpperBound < sorted[i - 1].UpperBound)
            {
                return [.. sorted.OrderBy(bucket => bucket.UpperBound)];
            }
        }
        return sorted;
    }

    private static SampleCount CountOf(Histogram histogram) => new(histogram.SampleCount, histogram.SampleCountFloat);

    private static SampleCount CountOf(Bucket bucket) => new(bucket.CumulativeCount, bucket.CumulativeCountFloat);

    private static bool IsValid(Bucket bucket) => CountOf(bucket).IsValid;

    private static string BoundOf(Bucket bucket) => GoNumber.Format(bucket.UpperBound);
}
