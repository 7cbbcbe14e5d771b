namespace PushGateway.Core.Exposition;

/// <summary>How text and OpenMetrics scrapes show histograms that have native buckets only.</summary>
public enum NativeHistogramStyle
{
    /// <summary>As the Go Pushgateway: one bucket, up to +Inf.</summary>
    None,

    /// <summary>With classic buckets, see <see cref="ClassicBuckets"/>.</summary>
    Classic,
}

/// <summary>
/// Makes classic buckets of native ones, with the same bounds, so that <c>histogram_quantile</c> works for scrapers that do not
/// read protobuf. A quantile of the classic buckets is in the native bucket that it is in.
/// </summary>
public static class ClassicBuckets
{
    /// <summary>Maximum buckets of a histogram, +Inf included. One that needs more gets coarser ones, of two of the finer schema.</summary>
    public const int MaxBuckets = 160;

    private const int BoundsOfZeroAndInfinity = 3;

    /// <summary>Beyond, native histograms have other bounds than those of the formula.</summary>
    private const int CoarsestSchema = -4;

    /// <summary>At this schema, all positive numbers are in three buckets.</summary>
    private const int LastSchema = -11;

    /// <summary>The family with classic buckets where a histogram has native ones only. Exemplars go into their buckets.</summary>
    public static MetricFamily Convert(MetricFamily family) =>
        family.Type is MetricType.Histogram or MetricType.GaugeHistogram && family.Metrics.Exists(IsNativeOnly)
            ? family.WithMetrics(family.Metrics.ConvertAll(Convert))
            : family;

    private static bool IsNativeOnly(Metric metric) =>
        metric.Histogram is { IsNative: true } histogram && histogram.Buckets.TrueForAll(bucket => double.IsInfinity(bucket.UpperBound));

    private static Metric Convert(Metric metric)
    {
        if (!IsNativeOnly(metric) || BucketsOf(metric.Histogram!) is not { } buckets)
        {
            return metric;
        }
        Histogram native = metric.Histogram!;
        PlaceExemplars(buckets, native.Exemplars ?? []);
        Metric converted = metric.WithLabels(metric.Labels);
        converted.Histogram = new Histogram
        {
            SampleCount = native.SampleCount,
            SampleCountFloat = native.SampleCountFloat,
            SampleSum = native.SampleSum,
            Created = native.Created,
            Buckets = buckets,
        };
        return converted;
    }

    /// <summary>Cumulative buckets, +Inf included; null if the native ones make no sense.</summary>
    internal static List<Bucket>? BucketsOf(Histogram histogram)
    {
        if (histogram.Schema is not (null or (>= CoarsestSchema and <= NativeHistogram.FinestSchema)))
        {
            return null;
        }
        List<IndexedBucket> negative = NativeHistogram.Outwards(histogram, histogram.Negative);
        List<IndexedBucket> positive = NativeHistogram.Outwards(histogram, histogram.Positive);
        int schema = histogram.Schema ?? 0;
        while (schema > LastSchema && BoundsOf(negative) + BoundsOf(positive) + BoundsOfZeroAndInfinity > MaxBuckets)
        {
            negative = Coarsen(negative);
            positive = Coarsen(positive);
            schema--;
        }
        List<Bucket> buckets = Accumulate(histogram, NativeHistogram.WithBounds(histogram, schema, negative, positive));
        return TryEnd(buckets, histogram) ? buckets : null;
    }

    /// <summary>How many bounds the buckets of a side need: the upper ones, and the lower ones behind a gap.</summary>
    private static int BoundsOf(List<IndexedBucket> side)
    {
        int bounds = side.Count;
        for (int i = 0; i < side.Count; i++)
        {
            bounds += i == 0 || side[i].Index != side[i - 1].Index + 1 ? 1 : 0;
        }
        return bounds;
    }

    /// <summary>The buckets of the next coarser schema: each has two of the finer ones.</summary>
    private static List<IndexedBucket> Coarsen(List<IndexedBucket> side)
    {
        List<IndexedBucket> coarse = [];
        foreach (IndexedBucket bucket in side)
        {
            int index = (int)((bucket.Index + 1L) >> 1);
            if (coarse.Count > 0 && coarse[^1].Index == index)
            {
                coarse[^1] = new(index, coarse[^1].Count + bucket.Count, coarse[^1].WholeCount + bucket.WholeCount);
            }
            else
            {
                coarse.Add(bucket with { Index = index });
            }
        }
        return coarse;
    }

    /// <summary>A bucket up to each bound, the lower ones of buckets behind a gap included.</summary>
    private static List<Bucket> Accumulate(Histogram histogram, IReadOnlyList<NativeBucket> native)
    {
        bool isFloat = NativeHistogram.IsFloat(histogram);
        List<Bucket> buckets = [];
        double last = double.NegativeInfinity;
        double count = 0;
        ulong whole = 0;
        foreach (NativeBucket bucket in native)
        {
            // Without a bucket before, zero is where a quantile starts from.
            if (bucket.Lower > last && (buckets.Count > 0 || bucket.Lower != 0) && !IsZero(bucket, native))
            {
                Add(bucket.Lower);
            }
            count += bucket.Count;
            whole += bucket.WholeCount ?? 0;
            if (bucket.Upper > last)
            {
                Add(bucket.Upper);
            }
            else if (buckets.Count > 0)
            {
                buckets.RemoveAt(buckets.Count - 1);
                Add(last);
            }
        }
        return buckets;

        void Add(double bound)
        {
            buckets.Add(isFloat
                ? new Bucket(bound) { CumulativeCountFloat = count }
                : new Bucket(bound) { CumulativeCount = whole });
            last = bound;
        }
    }

    /// <summary>Whether it is the zero bucket, and there is no other one below it.</summary>
    private static bool IsZero(NativeBucket bucket, IReadOnlyList<NativeBucket> native) =>
        bucket.Boundaries == BucketBoundaries.Closed && native[0] == bucket;

    /// <summary>Adds the +Inf bucket. False if counts go down or are beyond that of all.</summary>
    private static bool TryEnd(List<Bucket> buckets, Histogram histogram)
    {
        buckets.RemoveAll(bucket => double.IsPositiveInfinity(bucket.UpperBound));
        buckets.Add(new Bucket(double.PositiveInfinity)
        {
            CumulativeCount = histogram.SampleCount ?? 0,
            CumulativeCountFloat = histogram.SampleCountFloat,
        });
        double before = 0;
        foreach (Bucket bucket in buckets)
        {
            if (!(bucket.Count >= before))
            {
                return false;
            }
            before = bucket.Count;
        }
        return true;
    }

    /// <summary>Gives each exemplar to the first bucket that it is in; the newest one stays.</summary>
    private static void PlaceExemplars(List<Bucket> buckets, List<Exemplar> exemplars)
    {
        foreach (Exemplar exemplar in exemplars.OrderBy(exemplar => exemplar.Timestamp?.Seconds).ThenBy(exemplar => exemplar.Timestamp?.Nanos))
        {
            int place = buckets.FindIndex(bucket => exemplar.Value <= bucket.UpperBound);
            if (place >= 0)
            {
                buckets[place] = buckets[place] with { Exemplar = exemplar };
            }
        }
    }
}
