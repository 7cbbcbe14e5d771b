using System.Text;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>Valid bodies, and the families that Prometheus would make of them.</summary>
public class OpenMetricsParserTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# TYPE g gauge\n")]
    [InlineData("# HELP g About it.\n# UNIT g \n")]
    public void TryParse_NoSample_GivesNoFamily(string body) => Assert.Empty(ParsedOpenMetrics.Families(body));

    [Fact]
    public void TryParse_EndWithoutLineFeed_IsTheEnd() =>
        Assert.Equal("x", Assert.Single(ParsedOpenMetrics.Families("x 1\n# EOF"u8.ToArray())).Name.ToString());

    [Theory]
    [InlineData("# TYPE g gauge\ng 17.5\n", "GAUGE g\n  gauge:{value:17.5}")]
    [InlineData("# TYPE g gauge\ng{} -2\n", "GAUGE g\n  gauge:{value:-2}")]
    [InlineData("# TYPE g gauge\ng NaN\n", "GAUGE g\n  gauge:{value:nan}")]
    [InlineData("# TYPE g gauge\ng -Inf\n", "GAUGE g\n  gauge:{value:-inf}")]
    [InlineData("# TYPE g gauge\ng +infinity\n", "GAUGE g\n  gauge:{value:inf}")]
    [InlineData("# TYPE g gauge\ng 0042\n", "GAUGE g\n  gauge:{value:42}")]
    [InlineData("# TYPE g gauge\ng 1.5E+3\n", "GAUGE g\n  gauge:{value:1500}")]
    [InlineData("# TYPE g gauge\ng .5\n", "GAUGE g\n  gauge:{value:0.5}")]
    [InlineData("# TYPE g gauge\ng 5.\n", "GAUGE g\n  gauge:{value:5}")]
    [InlineData("# TYPE u unknown\nu 3\n", "UNTYPED u\n  untyped:{value:3}")]
    [InlineData("u_total 3\n", "UNTYPED u_total\n  untyped:{value:3}")]
    [InlineData("# HELP u Who knows?\nu -3\n", "UNTYPED u # Who knows?\n  untyped:{value:-3}")]
    [InlineData("a 1\nb 2\n", "UNTYPED a\n  untyped:{value:1}\nUNTYPED b\n  untyped:{value:2}")]
    [InlineData("# TYPE e gauge\na 1\n", "UNTYPED a\n  untyped:{value:1}")]
    [InlineData("# TYPE i info\ni_info{v=\"3\"} 1\n", "GAUGE i_info\n  label:{name:\"v\" value:\"3\"} gauge:{value:1}")]
    [InlineData("# TYPE i info\ni_info 1.0\n", "GAUGE i_info\n  gauge:{value:1}")]
    [InlineData("# TYPE c counter\nc_total 4\n", "COUNTER c_total\n  counter:{value:4}")]
    [InlineData("# TYPE c counter\nc_total +Inf\n", "COUNTER c_total\n  counter:{value:inf}")]
    [InlineData("# TYPE c_total counter\nc_total_total 4\n", "COUNTER c_total_total\n  counter:{value:4}")]
    [InlineData("# TYPE a:b counter\na:b_total 4\n", "COUNTER a:b_total\n  counter:{value:4}")]
    [InlineData("# TYPE _ counter\n__total 4\n", "COUNTER __total\n  counter:{value:4}")]
    public void TryParse_OneValueAMetric_IsAFamilyOfPrometheus(string body, string expected) =>
        Assert.Equal(expected, ParsedOpenMetrics.Describe(body));

    [Fact]
    public void TryParse_StateSet_IsAGaugeOfStates() => Assert.Equal(
        """
        GAUGE door
          label:{name:"door" value:"open"} gauge:{value:1}
          label:{name:"door" value:"shut"} gauge:{value:0}
          label:{name:"side" value:"east"} label:{name:"door" value:"open"} gauge:{value:0}
        """.ReplaceLineEndings("\n"),
        ParsedOpenMetrics.Describe(
            "# TYPE door stateset\ndoor{door=\"open\"} 1\ndoor{door=\"shut\"} 0.0\ndoor{side=\"east\",door=\"open\"} 0\n"));

    [Theory]
    [InlineData("c_total 3\nc_created 1700000000.25\n", "seconds:1700000000 nanos:250000000")]
    [InlineData("c_created 1700000000.25\nc_total 3\n", "seconds:1700000000 nanos:250000000")]
    [InlineData("c_total 3\nc_created 1700000000.123456789\n", "seconds:1700000000 nanos:123456789")]
    [InlineData("c_total 3\nc_created 1700000000.1234567891\n", "seconds:1700000000 nanos:123456789")]
    [InlineData("c_total 3\nc_created 1.7e9\n", "seconds:1700000000")]
    [InlineData("c_total 3\nc_created -0.25\n", "seconds:-1 nanos:750000000")]
    public void TryParse_Created_IsTheStartOfTheCounter(string samples, string created) => Assert.Equal(
        $"COUNTER c_total\n  counter:{{value:3 created_timestamp:{{{created}}}}}",
        ParsedOpenMetrics.Describe("# TYPE c counter\n" + samples));

    [Fact]
    public void TryParse_Histogram_HasBucketsAndStart() => Assert.Equal(
        "HISTOGRAM h\n  label:{name:\"a\" value:\"b\"} histogram:{sample_count:4 sample_sum:7.5"
        + " bucket:{cumulative_count:1 upper_bound:0.5} bucket:{cumulative_count:4 upper_bound:inf}"
        + " created_timestamp:{seconds:5}}",
        ParsedOpenMetrics.Describe(
            """
            # TYPE h histogram
            h_bucket{a="b",le="0.5"} 1
            h_bucket{a="b",le="+Inf"} 4.0
            h_count{a="b"} 4
            h_sum{a="b"} 7.5
            h_created{a="b"} 5

            """.ReplaceLineEndings("\n")));

    [Theory]
    [InlineData("h_bucket{le=\"+Inf\"} 4\n", "sample_count:4")]
    [InlineData("h_sum 9\nh_count 4\nh_bucket{le=\"+Inf\"} 4\n", "sample_count:4 sample_sum:9")]
    [InlineData("h_bucket{le=\"+Inf\"} 4\nh_created 1\n", "sample_count:4")]
    public void TryParse_HistogramWithLittle_CountsByItsLastBucket(string samples, string expected) => Assert.StartsWith(
        "HISTOGRAM h\n  histogram:{" + expected + " bucket:{cumulative_count:4 upper_bound:inf}",
        ParsedOpenMetrics.Describe("# TYPE h histogram\n" + samples));

    [Theory]
    [InlineData("9007199254740993", 9007199254740993UL, null)]
    [InlineData("18446744073709551615", ulong.MaxValue, null)]
    [InlineData("1e19", 10000000000000000000UL, null)]
    [InlineData("18446744073709551616", null, 18446744073709551616.0)]
    [InlineData("9e+19", null, 9e+19)]
    public void TryParse_LargeCount_HasAllItsDigits(string count, ulong? whole, double? floating)
    {
        string body = $"# TYPE h histogram\nh_bucket{{le=\"+Inf\"}} {count}\nh_count {count}\nh_sum 1\n";
        Histogram histogram = ParsedOpenMetrics.Families(body)[0].Metrics[0].Histogram!;

        Assert.Equal((whole, floating), (histogram.SampleCount, histogram.SampleCountFloat));
        Assert.Equal((whole, floating), (histogram.Buckets[0].CumulativeCount, histogram.Buckets[0].CumulativeCountFloat));
    }

    [Fact]
    public void TryParse_LargeCountOfASummary_HasAllItsDigits() => Assert.Contains(
        "sample_count:18446744073709551615", ParsedOpenMetrics.Describe("# TYPE s summary\ns_count 18446744073709551615\n"), StringComparison.Ordinal);

    /// <summary>Prometheus accepts these, though the specification does not. Common clients send them.</summary>
    [Theory]
    [InlineData("h_bucket{le=\"-1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum -3\nh_count 1\n")]
    [InlineData("h_sum{a=\"1\"} 3\nh_sum{a=\"2\"} 3\nh_bucket{le=\"+Inf\",a=\"1\"} 1\nh_count{a=\"1\"} 1\n"
        + "h_bucket{a=\"2\",le=\"+Inf\"} 1\nh_count{a=\"2\"} 1\n")]
    [InlineData("h_bucket{le=\"1\"} 1 # {} 2\nh_bucket{le=\"+Inf\"} 1\n")]
    [InlineData("h_bucket{le=\"1\"} 1\nh_bucket{le=\"2.50\"} 1\nh_bucket{le=\"inf\"} 1\n")]
    public void TryParse_HistogramOfCommonClients_IsAccepted(string samples) =>
        Assert.Single(ParsedOpenMetrics.Families("# TYPE h histogram\n" + samples));

    [Fact]
    public void TryParse_GaugeHistogram_IsOne() => Assert.Equal(
        "GAUGE_HISTOGRAM q\n  histogram:{sample_count:3 sample_sum:-2"
        + " bucket:{cumulative_count:2 upper_bound:-1} bucket:{cumulative_count:3 upper_bound:inf}}",
        ParsedOpenMetrics.Describe(
            "# TYPE q gaugehistogram\nq_bucket{le=\"-1\"} 2\nq_bucket{le=\"+Inf\"} 3\nq_gcount 3\nq_gsum -2\n"));

    [Theory]
    [InlineData("s{quantile=\"0.5\"} 2\ns{quantile=\"0.1\"} NaN\ns_count 3\ns_sum 4\ns_created 9\n",
        "sample_count:3 sample_sum:4 quantile:{quantile:0.5 value:2} quantile:{quantile:0.1 value:nan} created_timestamp:{seconds:9}")]
    [InlineData("s_count 3\n", "sample_count:3")]
    [InlineData("s_sum 0\n", "sample_sum:0")]
    [InlineData("s{quantile=\"1.0\"} 2\n", "quantile:{quantile:1 value:2}")]
    public void TryParse_Summary_HasWhatItsLinesSay(string samples, string expected) => Assert.Equal(
        "SUMMARY s\n  summary:{" + expected + "}", ParsedOpenMetrics.Describe("# TYPE s summary\n" + samples));

    [Theory]
    [InlineData("c_total 1 # {trace=\"a\"} 0.5\n", "label:{name:\"trace\" value:\"a\"} value:0.5")]
    [InlineData("c_total 1 # {} 0.5 7.5\n", "value:0.5 timestamp:{seconds:7 nanos:500000000}")]
    [InlineData("c_total 1 # {a=\"\",b=\"\\\"\\\\\\n\"} -1e3\n",
        "label:{name:\"a\" value:\"\"} label:{name:\"b\" value:\"\\\"\\\\\\n\"} value:-1000")]
    [InlineData("c_total{x=\"y\"} 1 # {\"tr.ace\"=\"ä\"} NaN 5\n",
        "label:{name:\"tr.ace\" value:\"ä\"} value:nan timestamp:{seconds:5}")]
    public void TryParse_ExemplarOfCounter_StaysWithIt(string sample, string expected) => Assert.EndsWith(
        $"counter:{{value:1 exemplar:{{{expected}}}}}",
        ParsedOpenMetrics.Describe("# TYPE c counter\n" + sample, NameValidation.Utf8));

    [Fact]
    public void TryParse_ExemplarOfBucket_StaysWithIt() => Assert.Contains(
        "bucket:{cumulative_count:2 upper_bound:1 exemplar:{label:{name:\"t\" value:\"a\"} value:0.7 timestamp:{seconds:3}}} bucket:{cumulative_count:2",
        ParsedOpenMetrics.Describe("# TYPE h histogram\nh_bucket{le=\"1\"} 2 # {t=\"a\"} 0.7 3\nh_bucket{le=\"+Inf\"} 2\n"));

    [Fact]
    public void TryParse_ExemplarOf128Characters_IsAccepted() =>
        Assert.Single(ParsedOpenMetrics.Families($"# TYPE c counter\nc_total 1 # {{t=\"{new string('ä', 127)}\"}} 1\n"));

    [Theory]
    [InlineData("g 1 5\n", 5000)]
    [InlineData("g 1 -1.5\n", -1500)]
    [InlineData("g 1 1700000000.1239\n", 1_700_000_000_123)]
    public void TryParse_Timestamp_IsKeptForTheStoreToReject(string sample, long expected) =>
        Assert.Equal(expected, Assert.Single(Assert.Single(ParsedOpenMetrics.Families(sample)).Metrics).TimestampMs);

    [Theory]
    [InlineData("# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds 1\n", "a_seconds", "seconds")]
    [InlineData("# UNIT a_seconds seconds\n# TYPE a_seconds counter\na_seconds_total 1\n", "a_seconds_total", "seconds")]
    [InlineData("# TYPE a gauge\n# UNIT a \na 1\n", "a", null)]
    [InlineData("# TYPE a info\n# UNIT a \na_info 1\n", "a_info", null)]
    public void TryParse_Unit_StaysWhereTheNameGetsASuffix(string body, string name, string? unit)
    {
        MetricFamily family = Assert.Single(ParsedOpenMetrics.Families(body));
        Assert.Equal((name, unit), (family.Name.ToString(), family.Unit?.ToString()));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("Plain text", "Plain text")]
    [InlineData(" two  blanks ", " two  blanks ")]
    [InlineData("a \\\\ b \\n c \\\" d", "a \\ b \n c \" d")]
    [InlineData("a \"quote\"", "a \"quote\"")]
    [InlineData("an undefined \\a", "an undefined \\a")]
    [InlineData("\\ä\\\\a", "\\ä\\a")]
    public void TryParse_Help_IsUnescaped(string help, string? expected) => Assert.Equal(
        expected, Assert.Single(ParsedOpenMetrics.Families($"# HELP x {help}\nx 1\n")).Help?.ToString());

    [Theory]
    [InlineData("", "")]
    [InlineData("a,}b= #", "a,}b= #")]
    [InlineData("\\\\ \\\" \\n", "\\ \" \n")]
    [InlineData("\\d+ \\ ", "\\d+ \\ ")]
    [InlineData("tab\tnul\0cr\r", "tab\tnul\0cr\r")]
    public void TryParse_LabelValue_IsUnescaped(string value, string expected)
    {
        Metric metric = Assert.Single(Assert.Single(ParsedOpenMetrics.Families($"x{{l=\"{value}\"}} 1\n")).Metrics);
        Assert.Equal(expected, metric.Labels[0].Value.ToString());
    }

    [Theory]
    [InlineData("{\"a.b\"} 1\n", "UNTYPED a.b\n  untyped:{value:1}")]
    [InlineData("{\"a.b\",} 1\n", null)]
    [InlineData("{\"a.b\",c=\"d\"} 1\n", "UNTYPED a.b\n  label:{name:\"c\" value:\"d\"} untyped:{value:1}")]
    [InlineData("{\"a\",\"c.d\"=\"e\"} 1\n", "UNTYPED a\n  label:{name:\"c.d\" value:\"e\"} untyped:{value:1}")]
    [InlineData("a{\"c.d\"=\"e\",f=\"g\"} 1\n",
        "UNTYPED a\n  label:{name:\"c.d\" value:\"e\"} label:{name:\"f\" value:\"g\"} untyped:{value:1}")]
    [InlineData("# TYPE \"ä.b\" counter\n# HELP \"ä.b\" H\n{\"ä.b_total\"} 1\n", "COUNTER ä.b_total # H\n  counter:{value:1}")]
    [InlineData("# TYPE \"h h\" histogram\n{\"h h_bucket\",le=\"+Inf\"} 1\n",
        "HISTOGRAM h h\n  histogram:{sample_count:1 bucket:{cumulative_count:1 upper_bound:inf}}")]
    public void TryParse_QuotedNames_AreThoseOfPrometheus3(string body, string? expected)
    {
        if (expected is null)
        {
            Assert.Equal("1:8 a label name, found \"}\"", ParsedOpenMetrics.Error(body, NameValidation.Utf8));
        }
        else
        {
            Assert.Equal(expected, ParsedOpenMetrics.Describe(body, NameValidation.Utf8));
        }
    }

    /// <summary>Lines with the same label names take a shortcut, which must not produce different results.</summary>
    [Theory]
    [InlineData("x{a=\"1\"} 1\nx{a=\"2\"} 1\nx{b=\"2\"} 1\nx{a=\"1\",b=\"2\"} 1\nx 1\nx{a=\"3\"} 1\n", "a=1|a=2|b=2|a=1,b=2||a=3")]
    [InlineData("x{a=\"1\"} 1\ny{a=\"1\"} 1\n", "a=1|a=1")]
    [InlineData("x{a=\"\\\\\"} 1\nx{a=\"\\\"\"} 1\n", "a=\\|a=\"")]
    public void TryParse_LabelsLikeTheLineBefore_AreRead(string body, string expected) => Assert.Equal(
        expected,
        string.Join('|', ParsedOpenMetrics.Families(body).SelectMany(family => family.Metrics)
            .Select(metric => string.Join(',', metric.Labels.Select(label => $"{label.Name}={label.Value}")))));

    [Fact]
    public void TryParse_EveryCutOfABody_IsRejected()
    {
        byte[] body = Encoding.UTF8.GetBytes(
            "# TYPE c_seconds counter\n# UNIT c_seconds seconds\n# HELP c_seconds \\n\nc_seconds_total{a=\"b\\\\\"} 1 # {t=\"ä\"} 2 3\n"
            + "c_seconds_created{a=\"b\\\\\"} 5.5\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\nx{y=\"z\"} 3 4\n# EOF");
        for (int length = 0; length < body.Length; length++)
        {
            ParsedOpenMetrics.Error(body.AsMemory(0, length));
        }
        Assert.Equal(3, ParsedOpenMetrics.Families(body).Count);
    }

    [Theory]
    [InlineData("# EOF", true)]
    [InlineData("# EOF\n", true)]
    [InlineData("x 1\n# EOF\n", true)]
    [InlineData("x 1\n# EOF", true)]
    [InlineData("", false)]
    [InlineData("EOF\n", false)]
    [InlineData("x 1 # EOF\n", false)]
    [InlineData("# EOF\n\n", false)]
    [InlineData("# EOF\nx 1\n", false)]
    public void EndsLikeIt_LastLine_Decides(string body, bool expected) =>
        Assert.Equal(expected, Core.Parsing.OpenMetricsParser.EndsLikeIt(Encoding.UTF8.GetBytes(body)));
}
