using System.Globalization;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Rendering;
using Xunit;

namespace PushGateway.Core.Tests.Store.Rendering;

/// <summary>Small bodies that would be large once stored, scraped or rejected.</summary>
public class RenderedSizeTests
{
    private readonly GroupStore _store = new([]);

    [Fact]
    public void Apply_LongKeyWithManySamples_IsRefused()
    {
        string? error = Push(new string('j', 1 << 20), [.. Enumerable.Range(0, 1000).Select(i => Gauge($"{i}"))]);

        Assert.Equal("pushed metrics are too large once each sample has all its labels", error);
    }

    [Fact]
    public void Apply_LongLabelWithManyBuckets_IsRefused()
    {
        Metric metric = Gauge(new string('v', 1 << 20));
        metric.ValueType = MetricType.Histogram;
        metric.Histogram = new Histogram { Buckets = [.. Enumerable.Range(0, 1000).Select(i => new Bucket(i))] };

        Assert.NotNull(Push("j", [metric]));
    }

    /// <summary>16,777,216 labels take 512 MiB, and these are 1 % more.</summary>
    [Theory]
    [InlineData(209_000, true)]
    [InlineData(207_000, false)]
    public void Apply_ManyKeyLabelsWithManySeries_IsRejected(int series, bool isRejected)
    {
        var key = new GroupingKey([new Label("job", "j"), .. Enumerable.Range(0, 78).Select(i => new Label($"k{i}", ""))]);
        var family = new MetricFamily { Name = new Utf8String("x"), Type = MetricType.Gauge };
        family.Metrics.AddRange(Enumerable.Range(0, series).Select(i => Gauge($"{i}")));

        Assert.Equal(isRejected, RenderedSize.Of([family], key) > RenderedSize.MaxBytes);
    }

    [Fact]
    public void Apply_LongKeyWithManyFaults_TellsOfSomeAndCountsTheOthers()
    {
        string? error = Push(new string('j', 1 << 18), [.. Enumerable.Repeat(0, 101).Select(_ => Gauge("same"))]);

        Assert.NotNull(error);
        Assert.StartsWith("100 error(s) occurred:\n* collected metric", error);
        Assert.EndsWith("\n* and 96 more", error);
    }

    /// <summary>An estimate that is too small, or an eighth too large, would cost a copy of all lines.</summary>
    [Theory]
    [InlineData("1")]
    [InlineData("0.123456789")]
    [InlineData("1.7e+308")]
    public void Estimate_ManySamples_IsAtMostAnEighthTooMuch(string number)
    {
        double value = double.Parse(number, CultureInfo.InvariantCulture);
        var gauges = new MetricFamily { Name = new Utf8String("x"), Type = MetricType.Gauge };
        gauges.Metrics.AddRange(Enumerable.Range(0, 10_000).Select(i => Gauge($"{i:D6}")));
        gauges.Metrics.ForEach(metric => metric.Number = value);
        Metric buckets = Gauge("b");
        buckets.ValueType = MetricType.Histogram;
        buckets.Histogram = new Histogram { Buckets = [.. Enumerable.Range(0, 10_000).Select(i => new Bucket(100_000.5 + i) { CumulativeCount = (ulong)value })] };
        var histograms = new MetricFamily { Name = new Utf8String("y"), Type = MetricType.Histogram, Metrics = [buckets] };

        foreach (MetricFamily family in (MetricFamily[])[gauges, histograms])
        {
            using var lines = new PooledBuffer();
            TextExposition.WriteSamples(family, order: null, lines, namesArePlain: true);

            Assert.InRange(RenderedSize.Estimate([family]), lines.WrittenCount, lines.WrittenCount * 9 / 8);
        }
    }

    private static Metric Gauge(string label) => new()
    {
        Labels = [new Label("l", label)],
        ValueType = MetricType.Gauge,
    };

    private string? Push(string job, List<Metric> metrics)
    {
        var family = new MetricFamily { Name = new Utf8String("x"), Type = metrics[0].ValueType!.Value };
        family.Metrics.AddRange(metrics);
        var key = new GroupingKey([new Label("job", job)]);
        return _store.Apply(new PushCommand(key, PushMode.Merge, PushCheck.Checked, [family], 1)).Error?.Message;
    }
}
