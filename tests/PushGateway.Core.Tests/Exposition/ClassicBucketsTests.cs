using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Tests.Store;
using Xunit;

namespace PushGateway.Core.Tests.Exposition;

public class ClassicBucketsTests
{
    /// <summary>Spans are offset+length, bounds are le:count.</summary>
    [Theory]
    [InlineData(0, "0+3", "1,1,-1", "0.5:0 1:1 2:3 4:4 +Inf:4")]
    [InlineData(0, "0+1,1+1", "2,1", "0.5:0 1:2 2:2 4:5 +Inf:5")] // a gap
    [InlineData(1, "1+2", "1,0", "1:0 1.414213562373095:1 2:2 +Inf:2")]
    [InlineData(-1, "1+2", "1,1", "1:0 4:1 16:3 +Inf:3")]
    [InlineData(3, "-8+1", "5", "0.45850202160233555:0 0.5:5 +Inf:5")]
    [InlineData(0, "1024+2", "1,1", "8.98846567431158e+307:0 1.7976931348623157e+308:1 +Inf:3")] // the last bucket has no end
    [InlineData(0, "-1080+1", "1", "0:1 +Inf:1")] // too small for a double
    public void Convert_PositiveBuckets_HasTheirBounds(int schema, string spans, string deltas, string expected) =>
        Assert.Equal(expected, Text(Native(schema, positive: Side(spans, deltas))));

    [Fact]
    public void Convert_AllThreeKinds_AscendsFromTheNegative()
    {
        Histogram histogram = Native(0, Side("1+2", "1,1"), Side("1+1", "4"));
        histogram.ZeroCount = 3;
        histogram.ZeroThreshold = 0.25;
        histogram.SampleCount = 11; // one was no number

        Assert.Equal("-4:0 -2:2 -1:3 -0.25:3 0.25:6 1:6 2:10 +Inf:11", Text(histogram));
    }

    [Theory]
    [InlineData(0, "0:3 +Inf:3")]
    [InlineData(0.5, "0.5:3 +Inf:3")]
    public void Convert_ZeroBucketOnly_BeginsAtZero(double threshold, string expected)
    {
        var histogram = new Histogram
        {
            ZeroCount = 3,
            SampleCount = 3,
            ZeroThreshold = threshold,
            Positive = new() { Spans = [new(0, 0)] },
        };

        Assert.Equal(expected, Text(histogram));
    }

    [Fact]
    public void Convert_ZeroBucketThatReachesIntoOthers_AddsUp()
    {
        Histogram histogram = Native(0, positive: Side("0+2", "1,1"));
        histogram.ZeroCount = 3;
        histogram.ZeroThreshold = 1;
        histogram.SampleCount = 6;

        Assert.Equal("1:4 2:6 +Inf:6", Text(histogram));
    }

    [Fact]
    public void Convert_FloatHistogram_HasFloatCounts()
    {
        var histogram = new Histogram
        {
            SampleCountFloat = 2.5,
            Schema = 0,
            Positive = new() { Spans = [new(1, 2)], Counts = [0.5, 1.5] },
        };

        Assert.Equal("1:0 2:0.5 4:2 +Inf:2.5", Text(histogram));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(-5)]
    [InlineData(-53)] // custom bounds, which a push has no field for
    public void Convert_SchemaWithoutBounds_ChangesNothing(int schema) => AssertUnchanged(Native(schema, positive: Side("0+1", "1")));

    [Theory]
    [InlineData("1,-2")] // a count below zero
    [InlineData("1,1")] // more than all
    public void Convert_CountsThatMakeNoSense_ChangesNothing(string deltas)
    {
        Histogram histogram = Native(0, positive: Side("0+2", deltas));
        histogram.SampleCount = 2;

        AssertUnchanged(histogram);
    }

    [Fact]
    public void Convert_ClassicBucketsToo_ChangesNothing()
    {
        Histogram histogram = Native(0, positive: Side("0+1", "1"));
        histogram.Buckets.Add(new(1) { CumulativeCount = 1 });

        AssertUnchanged(histogram);
    }

    [Fact]
    public void Convert_Exemplars_AreInTheirBucketTheNewestOfEach()
    {
        Histogram histogram = Native(0, positive: Side("1+2", "1,1"));
        histogram.Exemplars =
        [
            new() { Value = 1.5, Timestamp = new(20, 0) }, new() { Value = 1.6, Timestamp = new(10, 0) }, new() { Value = 9, Timestamp = new(1, 0) },
        ];

        Histogram converted = Converted(histogram);

        Assert.Equal([null, 1.5, null, 9], converted.Buckets.Select(bucket => bucket.Exemplar?.Value));
    }

    [Fact]
    public void Convert_TwoHundredBuckets_AreMergedInPairs()
    {
        Histogram converted = Converted(Native(3, positive: Side("1+200", "1" + string.Concat(Enumerable.Repeat(",0", 199)))));

        Assert.Equal(1 + 100 + 1, converted.Buckets.Count);
        Assert.Equal((1, 0), (converted.Buckets[0].UpperBound, converted.Buckets[0].Count));
        Assert.Equal((Math.Pow(2, 1 / 4.0), 2), (converted.Buckets[1].UpperBound, converted.Buckets[1].Count));
        Assert.Equal((Math.Pow(2, 25), 200), (converted.Buckets[100].UpperBound, converted.Buckets[100].Count));
    }

    /// <summary>The finest schema over all doubles, with every second bucket only, on both sides.</summary>
    [Fact]
    public void Convert_BucketsAllOver_StaysBelowTheMaximum()
    {
        NativeBuckets all = new() { Spans = [new(-270_000, 1)], Deltas = [1] };
        for (int i = 0; i < 260_000; i++)
        {
            all.Spans.Add(new(1, 1));
            all.Deltas.Add(0);
        }

        Histogram converted = Converted(Native(8, all, all));

        Assert.InRange(converted.Buckets.Count, 50, ClassicBuckets.MaxBuckets);
        Assert.Equal(2 * 260_001, converted.Buckets[^1].Count);
    }

    /// <summary>For any observations, Prometheus's interpolation ends in the bucket of the quantile, or in a merged one that contains it.</summary>
    [Fact]
    public void Convert_AnyObservations_QuantilesAreInTheNativeBucket() => Prop.ForAll(
        (from schema in Gen.Choose(-4, 8)
         from values in Gen.OneOf(
             Gen.Choose(1, 1_000_000).Select(value => value / 1000.0), Gen.Choose(-1000, 1000).Select(value => Math.Pow(1.1, value) * Math.Sign(value)))
             .NonEmptyListOf()
         from rank in Gen.Choose(1, 1000)
         select (schema, values.Order().ToArray(), rank / 1000.0)).ToArbitrary(),
        drawn =>
        {
            (int schema, double[] values, double rank) = drawn;
            Histogram native = Observe(schema, values);
            List<Bucket> classic = Converted(native).Buckets;

            double quantile = QuantileOf(classic, rank);

            double observed = values[Math.Clamp((int)Math.Ceiling(rank * values.Length) - 1, 0, values.Length - 1)];
            int place = classic.FindIndex(bucket => observed <= bucket.UpperBound * (1 + 1e-12 * Math.Sign(bucket.UpperBound)));
            double lower = place == 0 ? Math.Min(0, classic[0].UpperBound) : classic[place - 1].UpperBound;
            Assert.InRange(quantile, lower, classic[place].UpperBound);
        }).Check(PropertyTests.Settings.WithMaxTest(500));

    [Fact]
    public void Scrape_Classic_IsInTextAndOpenMetricsOnly()
    {
        var none = new TestStore();
        var classic = new TestStore { NativeHistograms = NativeHistogramStyle.Classic };
        foreach (TestStore store in (TestStore[])[none, classic])
        {
            MetricFamily family = Family(Native(0, positive: Side("1+1", "3")));
            Assert.Null(store.Push("job=a", PushMode.Replace, PushCheck.Checked, [family]).Error);
            store.With("job=b", "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n");
        }

        Assert.Equal(
            """
            # TYPE h histogram
            h_bucket{instance="",job="a",le="1"} 0
            h_bucket{instance="",job="a",le="2"} 3
            h_bucket{instance="",job="a",le="+Inf"} 3
            h_sum{instance="",job="a"} 7
            h_count{instance="",job="a"} 3
            h_bucket{instance="",job="b",le="1"} 1
            h_bucket{instance="",job="b",le="+Inf"} 1
            h_sum{instance="",job="b"} 1
            h_count{instance="",job="b"} 1

            """,
            classic.Scrape());
        Assert.Contains("h_bucket{instance=\"\",job=\"a\",le=\"2.0\"} 3\n", classic.ScrapeAll(ExpositionFormat.OpenMetrics), StringComparison.Ordinal);
        Assert.DoesNotContain("le=\"2\"", none.Scrape(), StringComparison.Ordinal);
        Assert.DoesNotContain("le=\"2", none.ScrapeAll(ExpositionFormat.OpenMetrics), StringComparison.Ordinal);
        Assert.Equal(none.ScrapeAll(ExpositionFormat.ProtobufText), classic.ScrapeAll(ExpositionFormat.ProtobufText));
    }

    private static void AssertUnchanged(Histogram histogram) => Assert.Same(histogram, ClassicBuckets.Convert(Family(histogram)).Metrics[0].Histogram);

    private static Histogram Converted(Histogram histogram) => ClassicBuckets.Convert(Family(histogram)).Metrics[0].Histogram!;

    private static string Text(Histogram histogram) => string.Join(' ', Converted(histogram).Buckets
        .Select(bucket => $"{GoNumber.Format(bucket.UpperBound)}:{GoNumber.Format(bucket.Count)}"));

    private static MetricFamily Family(Histogram histogram) => new()
    {
        Name = new("h"),
        Type = MetricType.Histogram,
        Metrics = [new() { ValueType = MetricType.Histogram, Histogram = histogram }],
    };

    private static Histogram Native(int schema, NativeBuckets? negative = null, NativeBuckets? positive = null) => new()
    {
        Schema = schema,
        SampleSum = 7,
        SampleCount = CountOf(negative) + CountOf(positive),
        Negative = negative,
        Positive = positive,
    };

    private static ulong CountOf(NativeBuckets? side)
    {
        long count = 0;
        long sum = 0;
        foreach (long delta in side?.Deltas ?? [])
        {
            count += delta;
            sum += count;
        }
        return (ulong)sum;
    }

    private static NativeBuckets Side(string spans, string deltas) => new()
    {
        Spans = [.. spans.Split(',').Select(span => span.Split('+')).Select(span => new BucketSpan(Number(span[0]), (uint)Number(span[1])))],
        Deltas = [.. deltas.Split(',').Select(delta => (long)Number(delta))],
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static Histogram Observe(int schema, double[] values)
    {
        int IndexOf(double value) => (int)Math.Ceiling(Math.Log2(value) * Math.Pow(2, schema) - 1e-9);
        NativeBuckets SideOf(IEnumerable<double> magnitudes)
        {
            var side = new NativeBuckets();
            int next = 0;
            long before = 0;
            foreach (IGrouping<int, double> bucket in magnitudes.GroupBy(IndexOf).OrderBy(group => group.Key))
            {
                side.Spans.Add(new(bucket.Key - next, 1));
                side.Deltas.Add(bucket.Count() - before);
                (next, before) = (bucket.Key + 1, bucket.Count());
            }
            return side;
        }
        Histogram histogram = Native(
            schema, SideOf(values.Where(value => value < 0).Select(value => -value)), SideOf(values.Where(value => value > 0)));
        histogram.ZeroCount = (ulong)values.Count(value => value == 0);
        histogram.SampleCount = (ulong)values.Length;
        return histogram;
    }

    /// <summary>As Prometheus interpolates in classic buckets.</summary>
    private static double QuantileOf(List<Bucket> buckets, double rank)
    {
        double wanted = rank * buckets[^1].Count;
        int place = buckets.ToList().FindIndex(bucket => bucket.Count >= wanted && (bucket.Count > 0 || wanted == 0));
        if (place == buckets.Count - 1)
        {
            return buckets[^2].UpperBound;
        }
        if (place == 0 && buckets[0].UpperBound <= 0)
        {
            return buckets[0].UpperBound;
        }
        double start = place == 0 ? 0 : buckets[place - 1].UpperBound;
        double below = place == 0 ? 0 : buckets[place - 1].Count;
        double within = buckets[place].Count - below;
        return within == 0 ? start : start + (buckets[place].UpperBound - start) * ((wanted - below) / within);
    }
}
