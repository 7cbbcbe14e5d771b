using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Exposition;

public class TextExpositionTests
{
    [Theory]
    [InlineData(MetricType.Counter, "counter")]
    [InlineData(MetricType.Gauge, "gauge")]
    [InlineData(MetricType.Summary, "summary")]
    [InlineData(MetricType.Untyped, "untyped")]
    [InlineData(MetricType.Histogram, "histogram")]
    [InlineData(MetricType.GaugeHistogram, "histogram")]
    public void Write_Type_IsInTheTypeLine(MetricType type, string expected) =>
        Assert.Equal($"# TYPE x {expected}\n", Written(new() { Name = new("x"), Type = type }));

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "# HELP x \n")]
    [InlineData("a help", "# HELP x a help\n")]
    [InlineData("a\\b\nc\"d\"\r é", "# HELP x a\\\\b\\nc\"d\"\r é\n")]
    [InlineData("\\n", "# HELP x \\\\n\n")]
    public void Write_Help_IsEscapedForALine(string? help, string expected)
    {
        var family = new MetricFamily { Name = new("x"), Help = help is null ? null : new Utf8String(help) };

        Assert.Equal(expected + "# TYPE x untyped\n", Written(family));
    }

    [Theory]
    [InlineData("x", "", "x 1\n")]
    [InlineData("x", "a=b", "x{a=\"b\"} 1\n")]
    [InlineData("x:y", "b=2,a=1", "x:y{b=\"2\",a=\"1\"} 1\n")] // in the order in which they are
    [InlineData("x", "a=", "x{a=\"\"} 1\n")]
    [InlineData("x", "a=\\\"\n\ré", "x{a=\"\\\\\\\"\\n\ré\"} 1\n")]
    [InlineData("x", "a.b=c", "x{\"a.b\"=\"c\"} 1\n")]
    [InlineData("x", "a:b=c", "x{\"a:b\"=\"c\"} 1\n")]
    [InlineData("x", "\"\\\n=c", "x{\"\\\"\\\\\\n\"=\"c\"} 1\n")]
    [InlineData("x.y", "", "{\"x.y\"} 1\n")]
    [InlineData("x.y", "a=b", "{\"x.y\",a=\"b\"} 1\n")]
    [InlineData("1", "a.b=c", "{\"1\",\"a.b\"=\"c\"} 1\n")]
    [InlineData("a\"\\\nb", "", "{\"a\\\"\\\\\\nb\"} 1\n")]
    public void WriteSamples_Names_AreQuotedWhereTheyMust(string name, string labels, string expected)
    {
        var family = new MetricFamily { Name = new(name) };
        Label[] split = [.. labels.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(label => new Label(label[..label.IndexOf('=', 1)], label[(label.IndexOf('=', 1) + 1)..]))];
        family.Metrics.Add(new() { Labels = split, ValueType = MetricType.Untyped, Number = 1 });

        Assert.Equal(expected, Samples(family));
    }

    [Theory]
    [InlineData(1e6, "x 1e+06\n")]
    [InlineData(-0.0, "x 0\n")]
    [InlineData(double.NaN, "x NaN\n")]
    [InlineData(double.NegativeInfinity, "x -Inf\n")]
    public void WriteSamples_Number_IsAsGoWritesIt(double value, string expected)
    {
        var family = new MetricFamily { Name = new("x"), Type = MetricType.Gauge };
        family.Metrics.Add(new() { ValueType = MetricType.Gauge, Number = value, TimestampMs = 7 });

        Assert.Equal(expected, Samples(family));
    }

    [Fact]
    public void WriteSamples_Summary_HasQuantilesSumAndCount()
    {
        var summary = new Summary { SampleCount = 3, SampleSum = 1.5, Quantiles = [new(0.9, 7), new(0.5, -0.0)] };
        var family = new MetricFamily { Name = new("x"), Type = MetricType.Summary };
        family.Metrics.Add(new() { Labels = [new("a", "b")], ValueType = MetricType.Summary, Summary = summary });
        family.Metrics.Add(new() { ValueType = MetricType.Summary, Summary = new() { Quantiles = [new(1, 2)] } });

        Assert.Equal(
            """
            x{a="b",quantile="0.9"} 7
            x{a="b",quantile="0.5"} 0
            x_sum{a="b"} 1.5
            x_count{a="b"} 3
            x{quantile="1"} 2
            x_sum 0
            x_count 0

            """,
            Samples(family));
    }

    [Fact]
    public void WriteSamples_Histogram_HasAnInfiniteBucketInAnyCase()
    {
        var family = new MetricFamily { Name = new("x.y"), Type = MetricType.Histogram };
        family.Metrics.Add(new()
        {
            Labels = [new("a", "b")],
            Histogram = new() { SampleCount = 3, SampleSum = 1.5, Buckets = [new(1e6) { CumulativeCount = 2 }] },
        });
        family.Metrics.Add(new()
        {
            Histogram = new()
            {
                SampleCount = 3,
                Buckets = [new(double.PositiveInfinity) { CumulativeCount = 9 }, new(1)],
            },
        });

        Assert.Equal(
            """
            {"x.y_bucket",a="b",le="1e+06"} 2
            {"x.y_bucket",a="b",le="+Inf"} 3
            {"x.y_sum",a="b"} 1.5
            {"x.y_count",a="b"} 3
            {"x.y_bucket",le="+Inf"} 9
            {"x.y_bucket",le="1"} 0
            {"x.y_sum"} 0
            {"x.y_count"} 3

            """,
            Samples(family));
    }

    [Fact]
    public void WriteSamples_FloatHistogram_ShowsItsFloatsWhereTheyAreNotZero()
    {
        var family = new MetricFamily { Name = new("x"), Type = MetricType.GaugeHistogram };
        var buckets = new List<Bucket>
        {
            new(1) { CumulativeCount = 7, CumulativeCountFloat = 0.5 },
            new(2) { CumulativeCount = 7, CumulativeCountFloat = 0 },
        };
        family.Metrics.Add(new() { Histogram = new() { SampleCount = 9, SampleCountFloat = 2.5, Buckets = buckets } });

        Assert.Equal(
            "x_bucket{le=\"1\"} 0.5\nx_bucket{le=\"2\"} 7\nx_bucket{le=\"+Inf\"} 2.5\nx_sum 0\nx_count 2.5\n",
            Samples(family));
    }

    [Theory]
    [InlineData(MetricType.Summary, "x_sum 0\nx_count 0\n")]
    [InlineData(MetricType.Histogram, "x_bucket{le=\"+Inf\"} 0\nx_sum 0\nx_count 0\n")]
    public void WriteSamples_MetricOfAnotherType_IsShownEmpty(MetricType type, string expected)
    {
        var family = new MetricFamily { Name = new("x"), Type = type };
        family.Metrics.Add(new() { ValueType = MetricType.Gauge, Number = 1 });

        Assert.Equal(expected, Samples(family));
    }

    private static string Written(MetricFamily family)
    {
        var segments = new Segments();
        TextExposition.Write(family, segments);
        return Encoding.UTF8.GetString(segments.Written);
    }

    private static string Samples(MetricFamily family)
    {
        var segments = new Segments();
        TextExposition.WriteSamples(family, segments);
        return Encoding.UTF8.GetString(segments.Written);
    }
}
