using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Model;

public class MetricTests
{
    [Fact]
    public void Created_OfACopy_IsItsOwn()
    {
        var metric = new Metric { Created = new(1, 2), TimestampMs = 3, Exemplar = new() { Value = 4 } };

        Metric copy = metric.WithLabels([new("a", "b")]);
        copy.Created = null;

        Assert.Equal(new Timestamp(1, 2), metric.Created);
        Assert.Equal((null, 3L, 4.0), (copy.Created, copy.TimestampMs, copy.Exemplar!.Value));
        Assert.Empty(metric.Labels);
    }

    [Fact]
    public void Histogram_SetToNull_LeavesASummary()
    {
        var summary = new Summary();
        var metric = new Metric { Summary = summary, Histogram = null };
        Assert.Same(summary, metric.Summary);

        metric.Histogram = new Histogram();
        Assert.Null(metric.Summary);

        metric.Summary = null;
        Assert.NotNull(metric.Histogram);

        metric.Histogram = null;
        Assert.Null(metric.Histogram);
    }

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(3UL, null, 3)]
    [InlineData(3UL, 0.0, 3)]
    [InlineData(3UL, 2.5, 2.5)]
    [InlineData(null, 2.5, 2.5)]
    public void Count_OfABucket_IsTheFloatOneUnlessThatIsZero(ulong? whole, double? floating, double expected)
    {
        var exemplar = new Exemplar();
        var bucket = new Bucket(1) { CumulativeCount = whole, CumulativeCountFloat = floating, Exemplar = exemplar };

        Assert.Equal(expected, bucket.Count);
        Assert.Equal((1.0, whole, floating), (bucket.UpperBound, bucket.CumulativeCount, bucket.CumulativeCountFloat));
        Assert.Same(exemplar, bucket.Exemplar);
    }
}
