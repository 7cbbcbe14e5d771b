using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Tests.Store;
using Xunit;

namespace PushGateway.Core.Tests.Exposition;

public class OpenMetricsExpositionTests
{
    [Theory]
    [InlineData("# HELP g Text.\n# TYPE g gauge\ng 1\n", "# HELP g Text.\n# TYPE g gauge\ng 1.0\n")]
    [InlineData("# HELP g a \"b\" \\\\ \\n\n# TYPE g gauge\ng 1\n", "# HELP g a \\\"b\\\" \\\\ \\n\n# TYPE g gauge\ng 1.0\n")]
    [InlineData("# TYPE c_total counter\nc_total 17\n", "# TYPE c counter\nc_total 17.0\n")]
    [InlineData("# HELP c_total h\n# TYPE c_total counter\nc_total{a=\"b\"} 1.5\n", "# HELP c h\n# TYPE c counter\nc_total{a=\"b\"} 1.5\n")]
    [InlineData("# TYPE c counter\nc 1\n", "# TYPE c unknown\nc 1.0\n")]
    [InlineData("# TYPE _total counter\n_total 1\n", "# TYPE _total unknown\n_total 1.0\n")]
    [InlineData("u 1\n", "# TYPE u unknown\nu 1.0\n")]
    [InlineData("u 0\n", "# TYPE u unknown\nu 0.0\n")]
    [InlineData("u -3\n", "# TYPE u unknown\nu -3.0\n")]
    [InlineData("u 123456\n", "# TYPE u unknown\nu 123456.0\n")]
    [InlineData("u 1e6\n", "# TYPE u unknown\nu 1e+06\n")]
    [InlineData("u 1e-7\n", "# TYPE u unknown\nu 1e-07\n")]
    [InlineData("u NaN\n", "# TYPE u unknown\nu NaN\n")]
    [InlineData("u +Inf\n", "# TYPE u unknown\nu +Inf\n")]
    [InlineData("u -Inf\n", "# TYPE u unknown\nu -Inf\n")]
    [InlineData("u{a=\"x\\\"\\\\\\n y\"} 1\n", "# TYPE u unknown\nu{a=\"x\\\"\\\\\\n y\"} 1.0\n")]
    [InlineData("{\"a.b\",\"c.d\"=\"e\",f=\"g\"} 1\n", "# TYPE \"a.b\" unknown\n{\"a.b\",\"c.d\"=\"e\",f=\"g\"} 1.0\n")]
    [InlineData("# TYPE \"a.b_total\" counter\n{\"a.b_total\"} 1\n", "# TYPE \"a.b\" counter\n{\"a.b_total\"} 1.0\n")]
    [InlineData("u{\"a:b\"=\"c\"} 1\n", "# TYPE u unknown\nu{\"a:b\"=\"c\"} 1.0\n")]
    public void Write_Number_IsThatOfOpenMetrics(string pushed, string expected) =>
        Assert.Equal(expected, Write(TestStore.Parse(pushed).Single()));

    [Theory]
    [InlineData("c_total -1\n")]
    [InlineData("c_total -0.5\n")]
    [InlineData("c_total NaN\n")]
    [InlineData("c_total -Inf\n")]
    public void Write_CounterThatIsNone_IsLeftOut(string pushed) =>
        Assert.Equal("# TYPE c counter\n", Write(TestStore.Parse("# TYPE c_total counter\n" + pushed).Single()));

    [Fact]
    public void Write_Summary_HasFloatsAndAWholeCount() => Assert.Equal(
        """
        # TYPE s summary
        s{quantile="0.0"} 0.5
        s{quantile="0.5"} NaN
        s{quantile="1.0"} 2.0
        s_sum 1e+06
        s_count 1000000

        """,
        Write(TestStore.Parse(
            "# TYPE s summary\ns{quantile=\"0\"} 0.5\ns{quantile=\"0.5\"} NaN\ns{quantile=\"1\"} 2\ns_sum 1000000\ns_count 1000000\n").Single()));

    [Theory]
    [InlineData(MetricType.Histogram, "histogram", "")]
    [InlineData(MetricType.GaugeHistogram, "gaugehistogram", "g")]
    public void Write_Histogram_HasAnInfiniteBucketAndItsSuffixes(MetricType type, string word, string g)
    {
        MetricFamily family = TestStore.Parse(
            "# TYPE h histogram\nh_bucket{le=\"0.5\"} 1\nh_bucket{le=\"2\"} 3000000\nh_sum 7\nh_count 4000000\n").Single();
        family.Type = type;

        Assert.Equal(
            $$"""
            # TYPE h {{word}}
            h_bucket{le="0.5"} 1
            h_bucket{le="2.0"} 3000000
            h_bucket{le="+Inf"} 4000000
            h_{{g}}sum 7.0
            h_{{g}}count 4000000

            """,
            Write(family));
    }

    /// <summary>Text can represent these. OpenMetrics can only with an unknown type, whose families have one sample name each.</summary>
    [Theory]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum -2\nh_count 1\n",
        "# TYPE h_bucket unknown\nh_bucket{le=\"+Inf\"} 1\n# TYPE h_sum unknown\nh_sum -2.0\n# TYPE h_count unknown\nh_count 1\n")]
    [InlineData("# HELP s h\n# TYPE s summary\ns{quantile=\"0.5\"} -1\ns_sum 1\ns_count 1\n",
        "# HELP s h\n# TYPE s unknown\ns{quantile=\"0.5\"} -1.0\n# HELP s_sum h\n# TYPE s_sum unknown\ns_sum 1.0\n"
        + "# HELP s_count h\n# TYPE s_count unknown\ns_count 1\n")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 2\nh_sum 2\nh_count 2\n",
        "# TYPE h_bucket unknown\nh_bucket{le=\"1.0\"} 2\nh_bucket{le=\"+Inf\"} 2\n# TYPE h_sum unknown\nh_sum 2.0\n# TYPE h_count unknown\nh_count 2\n")]
    public void Write_DistributionThatBreaksARule_IsUnknown(string pushed, string expected) =>
        Assert.Equal(expected, Write(TestStore.Parse(pushed).Single()));

    [Theory]
    [InlineData("le=\"1\"} 2;le=\"2\"} 1;le=\"+Inf\"} 3", 1, 3)] // not cumulative
    [InlineData("le=\"2\"} 1;le=\"1\"} 1;le=\"+Inf\"} 3", 1, 3)] // not ascending
    [InlineData("le=\"-1\"} 1;le=\"+Inf\"} 3", 1, 3)] // a sum that can go down
    [InlineData("le=\"1\"} 1;le=\"+Inf\"} 3", 1, 4)] // two counts
    [InlineData("le=\"1\"} 1", 1, 0)] // nothing is counted at all
    [InlineData("le=\"+Inf\"} 3", double.NaN, 3)]
    public void Write_HistogramThatBreaksARule_HasNoType(string buckets, double sum, int count)
    {
        string lines = string.Concat(buckets.Split(';').Select(bucket => $"h_bucket{{{bucket}\n"));
        string written = Write(TestStore.Parse(FormattableString.Invariant($"# TYPE h histogram\n{lines}h_sum {sum}\nh_count {count}\n")).Single());

        Assert.StartsWith("# TYPE h_bucket unknown\n", written, StringComparison.Ordinal);
        OpenMetricsChecker.Check(written + "# EOF\n");
    }

    [Fact]
    public void Write_ExemplarsAndStartTimes_AreBehindTheirSamples()
    {
        var exemplar = new Exemplar { Labels = [new("trace_id", "a\"b"), new("span", "c")], Value = 2, Timestamp = new(1520879607, 789_000_000) };
        var counter = new MetricFamily
        {
            Name = new("c_seconds_total"),
            Type = MetricType.Counter,
            Unit = new("seconds"),
            Metrics =
            [
                new() { ValueType = MetricType.Counter, Labels = [new("a", "b")], Number = 3, Exemplar = exemplar, Created = new(1520430000, 123) },
            ],
        };
        var histogram = new MetricFamily
        {
            Name = new("h"),
            Type = MetricType.Histogram,
            Metrics =
            [
                new()
                {
                    ValueType = MetricType.Histogram,
                    Histogram = new()
                    {
                        SampleCount = ulong.MaxValue,
                        SampleSum = 1.5,
                        Created = new(7, 0),
                        Buckets = [new(1) { CumulativeCount = 1, Exemplar = new() { Value = 0.5 } }],
                    },
                },
            ],
        };

        Assert.Equal(
            """
            # TYPE c_seconds counter
            # UNIT c_seconds seconds
            c_seconds_total{a="b"} 3.0 # {trace_id="a\"b",span="c"} 2.0 1520879607.789
            c_seconds_created{a="b"} 1520430000.000000123

            """,
            Write(counter));
        Assert.Equal(
            """
            # TYPE h histogram
            h_bucket{le="1.0"} 1 # {} 0.5
            h_bucket{le="+Inf"} 18446744073709551615
            h_sum 1.5
            h_count 18446744073709551615
            h_created 7.0

            """,
            Write(histogram));
    }

    [Theory]
    [InlineData("c_total", "k", 127, true)] // with the name, 128
    [InlineData("c_total", "k", 128, false)]
    [InlineData("c", "k", 1, false)] // of an unknown
    [InlineData("c_total", "a.b", 1, false)]
    [InlineData("c_total", "", 1, false)]
    public void Write_Exemplar_IsLeftOutWhereNoneIsAllowed(string name, string label, int length, bool isWritten)
    {
        var family = new MetricFamily
        {
            Name = new(name),
            Type = MetricType.Counter,
            Metrics =
            [
                new()
                {
                    ValueType = MetricType.Counter,
                    Exemplar = new() { Labels = [new(label, string.Concat(Enumerable.Repeat("é", length)))], Value = 1 },
                },
            ],
        };

        Assert.Equal(isWritten, Write(family).Contains(" # ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a_seconds", "seconds", true)]
    [InlineData("a_b_seconds", "b_seconds", true)]
    [InlineData("a_seconds", "second", false)]
    [InlineData("aseconds", "seconds", false)]
    [InlineData("_seconds", "seconds", false)]
    [InlineData("seconds", "seconds", false)]
    [InlineData("a", "", false)]
    public void Write_Unit_IsLeftOutUnlessItEndsTheName(string name, string unit, bool isWritten) => Assert.Equal(
        $"# TYPE {name} gauge\n" + (isWritten ? $"# UNIT {name} {unit}\n" : ""),
        Write(new MetricFamily { Name = new(name), Type = MetricType.Gauge, Unit = new(unit) }));

    /// <summary>A single family is valid, whatever its values.</summary>
    [Fact]
    public void Write_AnyFamily_IsValid() => Prop.ForAll(OpenMetricsFamilies.Any, family =>
    {
        OpenMetricsChecker.Check(Write(family) + "# EOF\n", allowsQuotes: true);
    }).Check(PropertyTests.Settings.WithMaxTest(500));

    private static string Write(MetricFamily family)
    {
        var output = new ArrayBufferWriter<byte>();
        ExpositionFormat.OpenMetrics.Write(family, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
