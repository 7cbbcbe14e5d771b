using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>How the lines of summaries and histograms are put together.</summary>
public class TextParserDistributionTests
{
    [Theory]
    [InlineData("x{quantile=\"0.5\"} 7\nx_sum 8\nx_count 9\n",
        """summary:{sample_count:9 sample_sum:8 quantile:{quantile:0.5 value:7}}""")]
    [InlineData("x_count 9\nx{quantile=\"0.5\"} 7\nx{quantile=\"0.9\"} NaN\n",
        """summary:{sample_count:9 quantile:{quantile:0.5 value:7} quantile:{quantile:0.9 value:nan}}""")]
    [InlineData("x_sum 1\nx_sum 2\n", """summary:{sample_sum:2}""")]
    [InlineData("x_count 1.9\n", """summary:{sample_count:1}""")]
    [InlineData("x_count -1\n", """summary:{sample_count:18446744073709551615}""")]
    [InlineData("x_count NaN\n", """summary:{sample_count:9223372036854775808}""")]
    [InlineData("x{quantile=\"-2\"} 1\n", """summary:{quantile:{quantile:-2 value:1}}""")]
    [InlineData("x{quantile=\"0.1\",quantile=\"0.2\"} 1\n", """summary:{quantile:{quantile:0.2 value:1}}""")]
    [InlineData("{\"x\",quantile=\"0.5\"} 7\n", """summary:{quantile:{quantile:0.5 value:7}}""")]
    [InlineData("{quantile=\"0.5\",\"x\"} 7\n", """summary:{quantile:{quantile:0.5 value:7}}""")]
    [InlineData("{a=\"b\",quantile=\"0.5\",x} 7\n",
        """label:{name:"a" value:"b"} summary:{quantile:{quantile:0.5 value:7}}""")]
    [InlineData("x 1\n", """summary:{}""")] // no rank, no error
    [InlineData("x{quantile=\"NaN\"} 1\n", """summary:{}""")]
    [InlineData("x_sum{le=\"1\"} 1\n", """label:{name:"le" value:"1"} summary:{sample_sum:1}""")]
    [InlineData("x_sum 1 5\nx_count 1\n", """summary:{sample_count:1 sample_sum:1} timestamp_ms:5""")]
    public void TryParse_SummaryLines_MakeOneMetric(string lines, string expected) =>
        Assert.Equal(expected, ParsedText.DescribeMetric("# TYPE x summary\n" + lines));

    [Theory]
    [InlineData("x_bucket{le=\"+Inf\"} 3\nx_sum 4\nx_count 3\n",
        """histogram:{sample_count:3 sample_sum:4 bucket:{cumulative_count:3 upper_bound:inf}}""")]
    [InlineData("x_bucket{le=\"1\"} 9\nx_bucket{le=\"1\"} 2\n", """
        histogram:{bucket:{cumulative_count:9 upper_bound:1} bucket:{cumulative_count:2 upper_bound:1}}
        """)]
    [InlineData("x_bucket{le=\"1\",le=\"5\"} 2\n", """histogram:{bucket:{cumulative_count:2 upper_bound:5}}""")]
    [InlineData("{le=\"1\",\"x_bucket\"} 2\n", """histogram:{bucket:{cumulative_count:2 upper_bound:1}}""")]
    [InlineData("x_bucket 2\nx_count 2\n", """histogram:{sample_count:2}""")] // a bucket without a bound is dropped
    [InlineData("x{le=\"1\"} 2\n", """histogram:{bucket:{cumulative_count:2 upper_bound:1}}""")]
    [InlineData("x 2\n", """histogram:{}""")]
    [InlineData("x_count 0\nx_sum -0\n", """histogram:{sample_count:0 sample_sum:-0}""")]
    [InlineData("x_count{quantile=\"1\"} 1\n", """label:{name:"quantile" value:"1"} histogram:{sample_count:1}""")]
    public void TryParse_HistogramLines_MakeOneMetric(string lines, string expected)
    {
        Assert.Equal(expected, ParsedText.DescribeMetric("# TYPE x histogram\n" + lines));
        Assert.Equal(expected, ParsedText.DescribeMetric("# TYPE x gaugehistogram\n" + lines));
    }

    /// <summary>A histogram's counts are all whole or all floats.</summary>
    [Theory]
    [InlineData("x_count 1.5\n", """histogram:{sample_count_float:1.5}""")]
    [InlineData("x_bucket{le=\"1\"} 2\nx_count 2.5\n", """
        histogram:{sample_count_float:2.5 bucket:{cumulative_count_float:2 upper_bound:1}}
        """)]
    [InlineData("x_bucket{le=\"1\"} 0.5\nx_count 3\n", """
        histogram:{sample_count_float:3 bucket:{cumulative_count_float:0.5 upper_bound:1}}
        """)]
    [InlineData("x_bucket{le=\"1\"} 0.5\n", """
        histogram:{sample_count_float:0 bucket:{cumulative_count_float:0.5 upper_bound:1}}
        """)]
    [InlineData("x_count NaN\n", """histogram:{sample_count_float:nan}""")]
    [InlineData("x_count 1e30\n", """histogram:{sample_count_float:1e+30}""")]
    [InlineData("x_count 18446744073709549568\n", """histogram:{sample_count:18446744073709549568}""")]
    public void TryParse_CountThatIsNotWhole_MakesAllCountsFloats(string lines, string expected) =>
        Assert.Equal(expected, ParsedText.DescribeMetric("# TYPE x histogram\n" + lines));

    [Fact]
    public void TryParse_LinesOfSeveralMetrics_AreToldApartByTheirOtherLabels() => Assert.Equal(
        """
        SUMMARY x
          label:{name:"a" value:"1"} summary:{sample_count:3 sample_sum:1}
          label:{name:"a" value:"2"} summary:{sample_count:4 quantile:{quantile:0.5 value:2}}
          summary:{sample_sum:5}
        """,
        ParsedText.Describe("""
            # TYPE x summary
            x_sum{a="1"} 1
            x{a="2",quantile="0.5"} 2
            x_count{a="1"} 3
            x_count{a="2"} 4
            x_sum 5

            """));

    [Fact]
    public void TryParse_LabelsInAnotherOrder_AreTheSameMetric() => Assert.Equal(
        """label:{name:"a" value:"1"} label:{name:"b" value:"2"} summary:{sample_count:2 sample_sum:1}""",
        ParsedText.DescribeMetric("# TYPE x summary\nx_sum{a=\"1\",b=\"2\"} 1\nx_count{b=\"2\",a=\"1\"} 2\n"));

    /// <summary>A line of another family between does not end a metric.</summary>
    [Fact]
    public void TryParse_FamiliesInTurns_KeepTheirMetrics() => Assert.Equal(
        """
        SUMMARY x
          summary:{sample_count:2 sample_sum:1}
        HISTOGRAM y
          histogram:{sample_count:4 sample_sum:3}
        """,
        ParsedText.Describe(
            "# TYPE x summary\n# TYPE y histogram\nx_sum 1\ny_sum 3\nx_count 2\ny_count 4\n"));

    [Theory]
    [InlineData("x_count 1\n# TYPE x summary\nx_count 2\n", """
        UNTYPED x_count
          untyped:{value:1}
          untyped:{value:2}
        """)] // a family of its own, since it came first
    [InlineData("# TYPE x summary\nx_bucket 1\nx_sum 2\n", """
        SUMMARY x
          summary:{sample_sum:2}
        UNTYPED x_bucket
          untyped:{value:1}
        """)]
    [InlineData("# TYPE x gauge\nx 1\nx_sum 2\n", """
        GAUGE x
          gauge:{value:1}
        UNTYPED x_sum
          untyped:{value:2}
        """)]
    [InlineData("# TYPE x histogram\nx_sum_count 1\nx_total 2\n", """
        UNTYPED x_sum_count
          untyped:{value:1}
        UNTYPED x_total
          untyped:{value:2}
        """)]
    [InlineData("_sum 1\n_count 2\n_bucket 3\n", """
        UNTYPED _sum
          untyped:{value:1}
        UNTYPED _count
          untyped:{value:2}
        UNTYPED _bucket
          untyped:{value:3}
        """)]
    [InlineData("# TYPE x_sum summary\nx_sum 1\nx_sum_sum 2\n", """
        SUMMARY x_sum
          summary:{sample_sum:2}
        """)]
    [InlineData("# TYPE x summary\n# HELP x_sum h\nx_sum 2\n", """
        SUMMARY x # h
          summary:{sample_sum:2}
        """)]
    public void TryParse_NameWithASuffix_IsOfTheFamilyThatClaimsIt(string body, string expected) =>
        Assert.Equal(expected, ParsedText.Describe(body));
}
