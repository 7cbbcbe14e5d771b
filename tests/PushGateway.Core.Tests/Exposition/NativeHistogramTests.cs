using System.Globalization;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Exposition;

public class NativeHistogramTests
{
    /// <summary>What the Go Pushgateway answered for the bucket before 1 and the two after it.</summary>
    [Theory]
    [InlineData(-4, 1.52587890625e-05, 65536, 4294967296)]
    [InlineData(-3, 0.00390625, 256, 65536)]
    [InlineData(-1, 0.25, 4, 16)]
    [InlineData(0, 0.5, 2, 4)]
    [InlineData(1, 0.7071067811865475, 1.414213562373095, 2)]
    [InlineData(2, 0.8408964152537144, 1.189207115002721, 1.414213562373095)]
    [InlineData(3, 0.9170040432046711, 1.0905077326652577, 1.189207115002721)]
    [InlineData(4, 0.9576032806985735, 1.0442737824274138, 1.0905077326652577)]
    [InlineData(5, 0.9785720620876999, 1.0218971486541166, 1.0442737824274138)]
    [InlineData(6, 0.9892280131939752, 1.0108892860517005, 1.0218971486541166)]
    [InlineData(7, 0.9945994234836328, 1.0054299011128027, 1.0108892860517005)]
    [InlineData(8, 0.9972960560854698, 1.0027112750502025, 1.0054299011128027)]
    public void Enumerate_EverySchema_HasPrometheusBoundaries(int schema, double below, double first, double second)
    {
        IReadOnlyList<NativeBucket> buckets = NativeHistogram.Enumerate(Positive(schema, offset: 0, 1, 0, 0));

        Assert.Equal([(below, 1), (1, first), (first, second)], buckets.Select(bucket => (bucket.Lower, bucket.Upper)));
    }

    [Theory]
    [InlineData(0, 1024, 8.98846567431158e+307, double.MaxValue)]
    [InlineData(0, 1025, double.MaxValue, double.PositiveInfinity)]
    [InlineData(0, 1026, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(-4, 64, 2.7430620343968443e+303, double.MaxValue)]
    [InlineData(0, -1074, 0, 5e-324)]
    [InlineData(0, -1075, 0, 0)]
    [InlineData(-4, int.MaxValue, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(8, int.MinValue, double.PositiveInfinity, 0)]
    public void Enumerate_AtTheLimitsOfNumbers_EndsAsPrometheusDoes(int schema, int index, double lower, double upper)
    {
        NativeBucket bucket = Assert.Single(NativeHistogram.Enumerate(Positive(schema, index, 1)));

        Assert.Equal((lower, upper), (bucket.Lower, bucket.Upper));
    }

    [Fact]
    public void Enumerate_BothSides_GoesFromTheLowestToTheHighest()
    {
        var histogram = new Histogram
        {
            Schema = 0,
            ZeroThreshold = 0.001,
            ZeroCount = 2,
            Negative = new() { Spans = [new(-1, 2), new(1, 1)], Deltas = [1, 1, -2] },
            Positive = new() { Spans = [new(0, 0), new(1, 1), new(2, 1)], Deltas = [3, 1] },
        };

        Assert.Equal(
            ["[1,-1,-0.5,2]", "[1,-0.5,-0.25,1]", "[3,-0.001,0.001,2]", "[0,1,2,3]", "[0,8,16,4]"],
            Shown(histogram));
    }

    /// <summary>Go does not support custom buckets here, and applies its formula to their schema.</summary>
    [Fact]
    public void Enumerate_SchemaOfCustomBuckets_IsAsUpstream()
    {
        Histogram histogram = Positive(-53, offset: -1, 1, 0, 0, 0);
        histogram.Negative = new() { Spans = [new(-1, 1)], Deltas = [1] };

        Assert.Equal(["[2,-0,-0,1]", "[2,0,0,1]", "[0,0,1,1]", "[0,1,Infinity,1]", "[0,Infinity,Infinity,1]"],
            Shown(histogram));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void Enumerate_SchemaWithoutBoundaries_HasNone(int schema)
    {
        Assert.Empty(NativeHistogram.Enumerate(Positive(schema, 0, 1)));
    }

    [Fact]
    public void Enumerate_FloatHistogram_TakesCountsAsTheyAre()
    {
        var histogram = new Histogram
        {
            SampleCountFloat = 7.5,
            ZeroThreshold = 0.25,
            ZeroCount = 9,
            ZeroCountFloat = 1.5,
            Positive = new() { Spans = [new(0, 3)], Counts = [2.5, 0, 3.5], Deltas = [1, 2, 3] },
        };

        Assert.Equal(["[3,-0.25,0.25,1.5]", "[0,0.5,1,2.5]", "[0,2,4,3.5]"], Shown(histogram));
        Assert.All(NativeHistogram.Enumerate(histogram), bucket => Assert.Null(bucket.WholeCount));
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(0.0, 0.0, false)]
    [InlineData(-1.0, null, false)]
    [InlineData(1.0, null, true)]
    [InlineData(null, 0.5, true)]
    public void IsFloat_ByCounts_NeedsOneAboveZero(double? sampleCount, double? zeroCount, bool expected)
    {
        var histogram = new Histogram { SampleCountFloat = sampleCount, ZeroCountFloat = zeroCount };

        Assert.Equal(expected, NativeHistogram.IsFloat(histogram));
    }

    [Fact]
    public void Enumerate_IntegerHistogram_KeepsCountsExact()
    {
        NativeBucket bucket = Assert.Single(NativeHistogram.Enumerate(Positive(0, 0, long.MaxValue)));

        Assert.Equal(9223372036854775807UL, bucket.WholeCount);
    }

    [Fact]
    public void Enumerate_CountBelowZero_WrapsAround()
    {
        NativeBucket bucket = Assert.Single(NativeHistogram.Enumerate(Positive(0, 0, -1)));

        Assert.Equal(ulong.MaxValue, bucket.WholeCount);
    }

    [Fact]
    public void Enumerate_SpansThatClaimMoreThanThereIs_StopsWithTheCounts()
    {
        Histogram histogram = Positive(0, 0, 1, 1);
        histogram.Positive!.Spans.Clear();
        histogram.Positive.Spans.AddRange([new(0, uint.MaxValue), new(int.MaxValue, uint.MaxValue)]);

        Assert.Equal(["[0,0.5,1,1]", "[0,1,2,2]"], Shown(histogram));
    }

    private static Histogram Positive(int schema, int offset, params long[] deltas) => new()
    {
        Schema = schema,
        Positive = new() { Spans = [new(offset, (uint)deltas.Length)], Deltas = [.. deltas] },
    };

    private static IEnumerable<string> Shown(Histogram histogram) =>
        NativeHistogram.Enumerate(histogram).Select(bucket => string.Create(
            CultureInfo.InvariantCulture,
            $"[{(int)bucket.Boundaries},{bucket.Lower},{bucket.Upper},{bucket.Count}]"));
}
