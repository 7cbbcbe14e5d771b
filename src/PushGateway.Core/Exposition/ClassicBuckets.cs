namespace PushGateway.Core.Exposition;

/// <summary>How text and OpenMetrics scrapes show histograms that have native buckets only.</summary>
public enum NativeHistogramStyle
{
    /// <summary>Like the Go Pushgateway: one bucket, up to +Inf.</summary>
    None,

    /// <summary>With classic buckets, see <see cref="ClassicBuckets"/>.</summary>
    Classic,
}

/// <summary>
/// Converts native buckets to classic ones with the same bounds, for scrapers that do not read protobuf but use
/// <c>histogram_quantile</c>. A quantile computed from the classic buckets lies in the same native bucket.
/// </summary>
public static class ClassicBuckets
{
    /// <summary>Maximum buckets of a histogram, including +Inf. A histogram that needs more is converted to a coarser schema.</summary>
    public const int MaxBuckets = 160;

    private const int BoundsOfZeroAndInfinity = 3;

    /// <summary>Outside these schemas, the formula for bounds does not apply.</summary>
    private const int CoarsestSchema = -4;

    /// <summary>At this schema, three buckets cover all positive numbers.</summary>
    private const int LastSchema = -11;

    /// <summary>The family, with classic buckets for histograms that have only native ones. Exemplars go into their buckets.</summary>
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

    /// <summary>Cumulative buckets, including +Inf; null if the native ones are invalid.</summary>
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

    /// <summary>The number of bounds for the buckets of one side: each upper bound, and the lower bound after each gap.</summary>
    private static int BoundsOf(List<IndexedBucket> side)
    {
        int bounds = side.Count;
        for (int i = 0; i < side.Count; i++)
        {
            bounds += i == 0 || side[i].Index != side[i - 1].Index + 1 ? 1 : 0;
        }
        return bounds;
    }

    /// <summary>The buckets of the next coarser schema. Each combines two of the finer ones.</summary>
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

    /// <summary>A cumulative bucket for each bound, including the lower bound after each gap.</summary>
    private static List<Bucket> Accumulate(Histogram histogram, IReadOnlyList<NativeBucket> native)
    {
        bool isFloat = NativeHistogram.IsFloat(histogram);
        List<Bucket> buckets = [];
        double last = double.NegativeInfinity;
        double count = 0;
        ulong whole = 0;
        foreach (NativeBucket bucket in native)
        {
            // A quantile in the first bucket is interpolated from zero.
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

    /// <summary>Whether it is the zero bucket, with no bucket below it.</summary>
    private static bool IsZero(NativeBucket bucket, IReadOnlyList<NativeBucket> native) =>
        bucket.Boundaries == BucketBoundaries.Closed && native[0] == bucket;

    /// <summary>Adds the +Inf bucket. False if the counts decrease or exceed the total.</summary>
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

    /// <summary>Assigns each exemplar to the first bucket that contains it. The newest one of a bucket wins.</summary>
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
