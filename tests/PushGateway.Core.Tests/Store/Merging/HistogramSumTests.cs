using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store.Merging;

/// <summary>Features of protobuf bodies: native histograms, floats, exemplars, and creation times.</summary>
public class HistogramSumTests
{
    private static readonly Timestamp Early = new(100, 5);
    private static readonly Timestamp Late = new(100, 7);

    /// <summary>The sum of two registries equals one registry with all observations, in the coarser schema.</summary>
    [Fact]
    public void Sum_NativeHistograms_IsThatOfAllObservations()
    {
        Gen<double> value = Gen.Frequency(
            (1, Gen.Constant(0.0)),
            (7, Gen.Choose(-100_000, 100_000).Select(number => number is > -10 and < 10 ? 0 : number / 777.1)));
        Gen<double[]> values = Gen.Choose(0, 12).SelectMany(count => value.ArrayOf(count));
        Gen<(double[] first, double[] second, int schema, int other, bool isFloat)> cases =
            from first in values
            from second in values
            from schema in Gen.Choose(-4, 8)
            from other in Gen.Choose(-4, 8)
            from isFloat in Gen.Elements(false, false, true)
            select (first, second, schema, other, isFloat);
        Prop.ForAll(cases.ToArbitrary(), drawn =>
        {
            var store = new TestStore();
            Assert.Null(Push(store, Observe(drawn.first, drawn.schema, isFloat: false)).Error);
            Assert.Null(Push(store, Observe(drawn.second, drawn.other, drawn.isFloat)).Error);

            int schema = Math.Min(drawn.schema, drawn.other);
            Histogram expected = Observe([.. drawn.first, .. drawn.second], schema, drawn.isFloat);
            Assert.Equal(Show(expected), Show(Stored(store)));
        }).Check(PropertyTests.Settings);
    }

    [Fact]
    public void Sum_EmptyNativeHistograms_StayNative()
    {
        var store = new TestStore();
        Push(store, Observe([], 3, isFloat: false));
        Assert.Null(Push(store, Observe([], 2, isFloat: false)).Error);

        Assert.True(Stored(store).IsNative);
        Assert.Equal(2, Stored(store).Schema);
    }

    public static TheoryData<string, Histogram> Misfits => new()
    {
        { "its zero threshold is 0.5, and that of the stored one is 0.001", Changed(h => h.ZeroThreshold = 0.5) },
        { "its schema 9 is not one from -4 to 8", Changed(h => h.Schema = 9) },
        { "its schema -53 is not one from -4 to 8", Changed(h => h.Schema = -53) },
        { "its native buckets do not fit their spans", Changed(h => h.Positive!.Deltas.Add(1)) },
        { "its native buckets do not fit their spans", Changed(h => h.Positive!.Spans.Add(new BucketSpan(-1, 0))) },
        { "its native buckets do not fit their spans", Changed(h => h.Positive!.Spans.Add(new BucketSpan(int.MaxValue, 0))) },
        { "a count must be neither NaN nor negative", Changed(h => h.Positive!.Deltas[0] = -1) },
        { "a count must be neither NaN nor negative", Changed(h => h.SampleCountFloat = double.NaN) },
        { "a count must be neither NaN nor negative", Changed(h => h.ZeroCountFloat = -1) },
        { "a count would exceed 2^64 - 1", Changed(h => h.SampleCount = ulong.MaxValue) },
        { "a native bucket would count more than 2^63 - 1", Changed(h => h.Positive!.Deltas[0] = long.MaxValue) },
        { "the stored one has native buckets", new Histogram { SampleCount = 1, SampleSum = 1 } },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Sum_NativeHistogramThatDoesNotFit_IsRejected(string reason, Histogram pushed)
    {
        var store = new TestStore();
        Assert.Null(Push(store, Observe([1.5], 3, isFloat: false)).Error);

        Assert.EndsWith($" cannot be added: {reason}", Push(store, pushed).Error?.Message, StringComparison.Ordinal);
        Assert.Equal(Show(Observe([1.5], 3, isFloat: false)), Show(Stored(store)));
    }

    [Fact]
    public void Sum_LastBucketThatProtobufLeavesOut_IsTheCount()
    {
        var store = new TestStore();
        store.Merge("sum", "job=a", """
            # TYPE h histogram
            h_bucket{le="1"} 1
            h_bucket{le="+Inf"} 3
            h_sum 9
            h_count 3

            """);

        Assert.Null(Push(store, new Histogram { SampleCount = 5, Buckets = [new Bucket(1) { CumulativeCount = 2 }] }).Error);

        Assert.Equal(
            [new Bucket(1) { CumulativeCount = 3 }, new Bucket(double.PositiveInfinity) { CumulativeCount = 8 }],
            Stored(store).Buckets);
        Assert.Equal((8UL, 9.0), (Stored(store).SampleCount, Stored(store).SampleSum));
    }

    [Fact]
    public void Sum_CountsBeyondTheRangeOfDoubles_AreExact()
    {
        var store = new TestStore();
        const ulong large = (1UL << 60) + 1;
        Histogram Push() => new() { SampleCount = large, Buckets = [new Bucket(1) { CumulativeCount = large }] };

        HistogramSumTests.Push(store, Push());
        HistogramSumTests.Push(store, Push());

        Assert.Equal((2 * large, 2 * large), (Stored(store).SampleCount, Stored(store).Buckets[0].CumulativeCount));
    }

    [Fact]
    public void Sum_CreationTimesAndExemplars_AreTheEarliestAndTheNewest()
    {
        foreach ((Timestamp first, Timestamp second) in new[] { (Early, Late), (Late, Early) })
        {
            var store = new TestStore();
            Assert.Null(store.Merge("sum", "job=a", [Counter(first)]).Error);
            Assert.Null(store.Merge("sum", "job=a", [Counter(second)]).Error);
            Assert.Null(Push(store, Classic(first)).Error);
            Assert.Null(Push(store, Classic(second)).Error);

            Metric counter = store.Store.Snapshot.Find(TestStore.Key("job=a"))!.Find(new Utf8String("c"))!.Value.Decode().Metrics[0];
            Assert.Equal((2, Early, Late), (counter.Number, counter.Created!.Value, counter.Exemplar!.Timestamp!.Value));
            Assert.Equal((Early, Late), (Stored(store).Created!.Value, Stored(store).Buckets[0].Exemplar!.Timestamp!.Value));
        }
    }

    [Fact]
    public void Sum_GaugeHistograms_FollowTheRule()
    {
        foreach ((string rule, ulong? expected) in new[] { ("sum", 4UL), ("sum, gauges=sum", 7UL), ("sum, gauges=max", (ulong?)null) })
        {
            var store = new TestStore();
            store.Merge("series", "job=a", [GaugeHistogram(3)]);
            CommandResult result = store.Merge(rule, "job=a", [GaugeHistogram(4)]);

            Assert.Equal(expected is null, result.Error is not null);
            Assert.Equal(expected ?? 3, Stored(store).SampleCount);
        }
    }

    private static MetricFamily GaugeHistogram(ulong count) => Family(
        new Histogram { SampleCount = count, SampleSum = 1 }, MetricType.GaugeHistogram);

    private static MetricFamily Counter(Timestamp time) => new()
    {
        Name = new("c"),
        Type = MetricType.Counter,
        Metrics =
        [
            new Metric
            {
                ValueType = MetricType.Counter,
                Number = 1,
                Created = time,
                Exemplar = new Exemplar { Value = 1, Timestamp = time },
            },
        ],
    };

    private static Histogram Classic(Timestamp time) => new()
    {
        SampleCount = 1,
        Created = time,
        Buckets = [new Bucket(1) { CumulativeCount = 1, Exemplar = new Exemplar { Value = 1, Timestamp = time } }],
    };

    private static Histogram Changed(Action<Histogram> change)
    {
        Histogram histogram = Observe([1.5], 3, isFloat: false);
        change(histogram);
        return histogram;
    }

    private static MetricFamily Family(Histogram histogram, MetricType type = MetricType.Histogram) => new()
    {
        Name = new("h"),
        Type = type,
        Metrics = [new Metric { ValueType = MetricType.Histogram, Histogram = histogram }],
    };

    private static CommandResult Push(TestStore store, Histogram histogram) =>
        store.Merge("sum", "job=a", [Family(histogram)]);

    private static Histogram Stored(TestStore store) =>
        store.Store.Snapshot.Find(TestStore.Key("job=a"))!.Find(new Utf8String("h"))!.Value.Decode().Metrics[0].Histogram!;

    /// <summary>A registry that observes some values, none at the bound of a bucket.</summary>
    private static Histogram Observe(double[] values, int schema, bool isFloat)
    {
        ulong zeros = (ulong)values.Count(value => value == 0);
        return new Histogram
        {
            SampleCount = isFloat ? null : (ulong)values.Length,
            SampleCountFloat = isFloat ? values.Length : null,
            SampleSum = values.Length,
            Schema = schema,
            ZeroThreshold = 0.001,
            ZeroCount = isFloat ? null : zeros,
            ZeroCountFloat = isFloat ? zeros : null,
            Positive = Side(values.Where(value => value > 0), schema, isFloat),
            Negative = Side(values.Where(value => value < 0).Select(value => -value), schema, isFloat),
        };
    }

    private static NativeBuckets Side(IEnumerable<double> values, int schema, bool isFloat)
    {
        var side = new NativeBuckets();
        int next = 0;
        long before = 0;
        foreach (IGrouping<int, double> bucket in values
            .GroupBy(value => (int)Math.Ceiling(Math.Log2(value) * Math.Pow(2, schema))).OrderBy(bucket => bucket.Key))
        {
            side.Spans.Add(new BucketSpan(bucket.Key - next, 1));
            next = bucket.Key + 1;
            if (isFloat)
            {
                side.Counts.Add(bucket.Count());
            }
            else
            {
                side.Deltas.Add(bucket.Count() - before);
                before = bucket.Count();
            }
        }
        if (side.Spans.Count == 0)
        {
            side.Spans.Add(new BucketSpan(0, 0));
        }
        return side;
    }

    private static string Show(Histogram histogram) =>
        $"{histogram.Count} {histogram.SampleSum} {histogram.Schema} {histogram.ZeroThreshold} " +
        $"{string.Join(' ', PushGateway.Core.Exposition.NativeHistogram.Enumerate(histogram).Select(bucket => $"({bucket.Lower},{bucket.Upper}]={bucket.Count}"))}";
}
