using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>Valid input of the text parser: lines, comments, names, labels, values.</summary>
public class TextParserTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\n\n \t\n")]
    [InlineData(" \t")]
    [InlineData("#\n")]
    [InlineData("# \n")]
    [InlineData("# a comment\n")]
    [InlineData("\t # a comment\r\n")]
    [InlineData("# HELPX x text\n")]
    [InlineData("# help x text\n")]
    [InlineData("# TYPES x gauge\n")]
    [InlineData("# HELP x\n")]
    [InlineData("# HELP x a help without samples\n")]
    [InlineData("# TYPE x gauge\n")]
    [InlineData("# TYPE x\n")]
    [InlineData("# TYPE x \t\n")]
    [InlineData("#TYPE x counter\n# TYPE y gauge\n")]
    public void TryParse_NoSamples_GivesNoFamilies(string body) => Assert.Empty(ParsedText.Families(body));

    [Theory]
    [InlineData("x 1\n", """
        UNTYPED x
          untyped:{value:1}
        """)]
    [InlineData("x 1\n\n\nx_1:y 2\n", """
        UNTYPED x
          untyped:{value:1}
        UNTYPED x_1:y
          untyped:{value:2}
        """)]
    [InlineData("y{a=\"1\"} 1\nx 1\ny{a=\"2\"} 2\n", """
        UNTYPED y
          label:{name:"a" value:"1"} untyped:{value:1}
          label:{name:"a" value:"2"} untyped:{value:2}
        UNTYPED x
          untyped:{value:1}
        """)]
    [InlineData("# HELP y h\nx 1\ny 1\n", """
        UNTYPED y # h
          untyped:{value:1}
        UNTYPED x
          untyped:{value:1}
        """)]
    [InlineData("x 1\nx 1\n", """
        UNTYPED x
          untyped:{value:1}
          untyped:{value:1}
        """)]
    [InlineData("x 1\n# HELP x h\n", """
        UNTYPED x # h
          untyped:{value:1}
        """)]
    [InlineData("x 1\n# TYPE x\n", """
        UNTYPED x
          untyped:{value:1}
        """)]
    public void TryParse_Samples_AreFamiliesInTheOrderOfFirstMention(string body, string expected) =>
        Assert.Equal(expected, ParsedText.Describe(body));

    [Theory]
    [InlineData("# HELP x text\n", "text")]
    [InlineData("# HELP x  two  blanks \n", "two  blanks ")]
    [InlineData("#\tHELP\tx\ttext\n", "text")]
    [InlineData("#HELP x text\n", "text")]
    [InlineData("  # HELP x text\n", "text")]
    [InlineData("# HELP x text\r\n", "text\r")]
    [InlineData("# HELP x a\\\\b\\nc\\\"d\"e\n", "a\\b\nc\"d\"e")]
    [InlineData("# HELP x \\\\\n", "\\")]
    [InlineData("# HELP x é€😀\n", "é€😀")]
    [InlineData("# HELP \"x\" text\n", "text")]
    [InlineData("# HELP x # TYPE x gauge\n", "# TYPE x gauge")]
    [InlineData("", null)]
    [InlineData("# HELP x\n", null)]
    [InlineData("# HELP x \n", null)]
    [InlineData("# HELP x\n# HELP x text\n", "text")]
    public void TryParse_HelpLine_IsUnescapedToTheEndOfTheLine(string line, string? expected) =>
        Assert.Equal(expected, Assert.Single(ParsedText.Families(line + "x 1\n")).Help?.ToString());

    [Theory]
    [InlineData("counter", MetricType.Counter)]
    [InlineData("gauge", MetricType.Gauge)]
    [InlineData("untyped", MetricType.Untyped)]
    [InlineData("summary", MetricType.Summary)]
    [InlineData("histogram", MetricType.Histogram)]
    [InlineData("gaugehistogram", MetricType.GaugeHistogram)]
    [InlineData("gauge_histogram", MetricType.GaugeHistogram)]
    [InlineData("COUNTER", MetricType.Counter)]
    [InlineData("GaugeHistogram", MetricType.GaugeHistogram)]
    public void TryParse_TypeLine_IsTakenInAnyCase(string type, MetricType expected) =>
        Assert.Equal(expected, Assert.Single(ParsedText.Families($"# TYPE x {type}\nx 1\n")).Type);

    [Theory]
    [InlineData("# TYPE x gauge\nx 1\n", """gauge:{value:1}""")]
    [InlineData("# TYPE x counter\nx 1\n", """counter:{value:1}""")]
    [InlineData("# TYPE x untyped\nx 1\n", """untyped:{value:1}""")]
    [InlineData("#TYPE \"x\" \t gauge\nx 1\n", """gauge:{value:1}""")]
    [InlineData("# TYPE x\n# TYPE x gauge\nx 1\n", """gauge:{value:1}""")]
    public void TryParse_TypeLine_SaysWhatItsSamplesAre(string body, string expected) =>
        Assert.Equal(expected, ParsedText.DescribeMetric(body));

    [Theory]
    [InlineData("x{} 1", """untyped:{value:1}""")]
    [InlineData("x{ } 1", """untyped:{value:1}""")]
    [InlineData("x {} 1", """untyped:{value:1}""")]
    [InlineData("x{}1", """untyped:{value:1}""")]
    [InlineData(" \tx\t1", """untyped:{value:1}""")]
    [InlineData("x{a=\"b\"} 1", """label:{name:"a" value:"b"} untyped:{value:1}""")]
    [InlineData("x{a=\"b\",} 1", """label:{name:"a" value:"b"} untyped:{value:1}""")]
    [InlineData("x\t{\ta =\t\"b\" , } \t 1", """label:{name:"a" value:"b"} untyped:{value:1}""")]
    [InlineData("x{b=\"1\",a=\"2\"} 1", """label:{name:"b" value:"1"} label:{name:"a" value:"2"} untyped:{value:1}""")]
    [InlineData("x{a=\"\"} 1", """label:{name:"a" value:""} untyped:{value:1}""")]
    [InlineData("x{a=\"}, # \"} 1", """label:{name:"a" value:"}, # "} untyped:{value:1}""")]
    [InlineData("x{a=\"é😀\"} 1", """label:{name:"a" value:"é😀"} untyped:{value:1}""")]
    [InlineData("x{a=\"\\\\\\n\\\"\"} 1", """label:{name:"a" value:"\\\n\""} untyped:{value:1}""")]
    [InlineData("x{a=\"1\\\\2\\\\3\"} 1", """label:{name:"a" value:"1\\2\\3"} untyped:{value:1}""")]
    [InlineData("x{a=\"\r\"} 1", """label:{name:"a" value:"\r"} untyped:{value:1}""")]
    [InlineData("x{_a1=\"b\"} 1", """label:{name:"_a1" value:"b"} untyped:{value:1}""")]
    [InlineData("x{__a=\"b\"} 1", """label:{name:"__a" value:"b"} untyped:{value:1}""")]
    [InlineData("x{\"plain\"=\"b\"} 1", """label:{name:"plain" value:"b"} untyped:{value:1}""")]
    [InlineData("x{pl\"ain\"=\"b\"} 1", """label:{name:"plain" value:"b"} untyped:{value:1}""")]
    [InlineData("x{le=\"b\",quantile=\"c\"} 1",
        """label:{name:"le" value:"b"} label:{name:"quantile" value:"c"} untyped:{value:1}""")]
    [InlineData("x 1 1700000000000", """untyped:{value:1} timestamp_ms:1700000000000""")]
    [InlineData("x 1  -5", """untyped:{value:1} timestamp_ms:-5""")]
    [InlineData("x 1 +5", """untyped:{value:1} timestamp_ms:5""")]
    [InlineData("x 1 9223372036854775807", """untyped:{value:1} timestamp_ms:9223372036854775807""")]
    [InlineData("x{a=\"b\"} -1.5e3\t7", """label:{name:"a" value:"b"} untyped:{value:-1500} timestamp_ms:7""")]
    public void TryParse_SampleLine_IsOneMetric(string line, string expected) =>
        Assert.Equal(expected, ParsedText.DescribeMetric(line + "\n"));

    [Theory]
    [InlineData("{\"x\"} 1", """untyped:{value:1}""")]
    [InlineData("{x} 1", """untyped:{value:1}""")]
    [InlineData("{ \"x\" , } 1", """untyped:{value:1}""")]
    [InlineData("{\"x\",a=\"b\"} 1", """label:{name:"a" value:"b"} untyped:{value:1}""")]
    [InlineData("{a=\"b\",\"x\"} 1", """label:{name:"a" value:"b"} untyped:{value:1}""")]
    [InlineData("{a=\"b\",x,c=\"d\"} 1", """label:{name:"a" value:"b"} label:{name:"c" value:"d"} untyped:{value:1}""")]
    [InlineData("\"x\" 1", """untyped:{value:1}""")]
    [InlineData("\"x\"{a=\"b\"} 1", """label:{name:"a" value:"b"} untyped:{value:1}""")]
    public void TryParse_NameInQuotesOrBraces_IsTheFamilys(string line, string expected)
    {
        MetricFamily family = Assert.Single(ParsedText.Families(line + "\n"));

        Assert.Equal(new Utf8String("x"), family.Name);
        Assert.Equal(expected, ParsedText.DescribeMetric(line + "\n"));
    }

    [Theory]
    [InlineData("{\"a.b\"} 1", "a.b")]
    [InlineData("{\"a.b\", c=\"d\"} 1", "a.b")]
    [InlineData("\"a.b\" 1", "a.b")]
    [InlineData("ab\".c\" 1", "ab.c")]
    [InlineData("{\"é 😀\"} 1", "é 😀")]
    [InlineData("{\"a\\\\b\\\"c\\nd\"} 1", "a\\b\"c\nd")]
    [InlineData("{\"1\"} 1", "1")]
    [InlineData("# TYPE \"a.b\" untyped\n{\"a.b\"} 1", "a.b")]
    public void TryParse_AnyUtf8Name_IsTakenWhereAllowed(string line, string expected)
    {
        MetricFamily family = Assert.Single(ParsedText.Families(line + "\n", NameValidation.Utf8));

        Assert.Equal(expected, family.Name.ToString());
        Assert.Contains("invalid metric name", ParsedText.Error(line + "\n").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x{\"a.b\"=\"c\"} 1", """label:{name:"a.b" value:"c"} untyped:{value:1}""")]
    [InlineData("{\"x\",\"a b\"=\"c\"} 1", """label:{name:"a b" value:"c"} untyped:{value:1}""")]
    [InlineData("x{\"\\\\\\\"\\n\"=\"c\"} 1", """label:{name:"\\\"\n" value:"c"} untyped:{value:1}""")]
    [InlineData("x{\"a:b\"=\"c\"} 1", """label:{name:"a:b" value:"c"} untyped:{value:1}""")]
    public void TryParse_AnyUtf8LabelName_IsTakenWhereAllowed(string line, string expected)
    {
        Assert.Equal(expected, ParsedText.DescribeMetric(line + "\n", NameValidation.Utf8));
        Assert.Contains("invalid label name", ParsedText.Error(line + "\n").Message, StringComparison.Ordinal);
    }

    /// <summary>The Go Pushgateway adds it to the previous metric, which then appears twice.</summary>
    [Fact]
    public void TryParse_SampleWithoutAName_ExtendsTheMetricBefore() => Assert.Equal(
        """
        UNTYPED x
          label:{name:"a" value:"1"} label:{name:"b" value:"2"} untyped:{value:2}
          label:{name:"a" value:"1"} label:{name:"b" value:"2"} untyped:{value:2}
        """,
        ParsedText.Describe("x{a=\"1\"} 1\n{b=\"2\"} 2\n"));

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(400)]
    public void TryParse_ManyLabels_AreAllKept(int count)
    {
        string labels = string.Join(",", Enumerable.Range(0, count).Select(i => $"l{i}=\"{i}\""));

        Metric metric = Assert.Single(Assert.Single(ParsedText.Families($"x{{{labels}}} 1\n")).Metrics);

        Assert.Equal(Enumerable.Range(0, count).Select(i => new Label($"l{i}", $"{i}")), metric.Labels);
    }
}
