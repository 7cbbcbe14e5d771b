using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>Samples after one whose labels they repeat, or seem to. Each is parsed as if it were the only one.</summary>
public class TextParserRepetitionTests
{
    [Theory]
    [InlineData("x{a=\"1\",b=\"2\"} 3", "x{a=\"3\",b=\"4\"} 5")]
    [InlineData("x{a=\"1\",b=\"2\"} 3", "y{a=\"\",b=\"\"} 5")]
    [InlineData("x{a=\"1\",b=\"2\"} 3", "x{a=\"\\\\\\n\\\"\",b=\"é}\"} 5 6")]
    [InlineData("x{a=\"\\\"\"} 3", "x{a=\"4\"}\t5")]
    [InlineData("x{a=\"1\"} 3", " \tx{a=\"4\"}5")]
    [InlineData("x{a=\"1\"} 3", "x{a=\"4\"}  5")]
    [InlineData("  x{a=\"1\"}  3", "x{a=\"4\"} 5")]
    [InlineData("x { a = \"1\" , } 3", "x { a = \"4\" , } 5")]
    [InlineData("x { a = \"1\" , } 3", "x{a=\"4\"} 5")]
    [InlineData("x{a=\"1\"} 3", "x{a=\"4\",} 5")]
    [InlineData("x{a=\"1\"} 3", "x{a=\"4\",b=\"5\"} 6")]
    [InlineData("x{a=\"1\",b=\"2\"} 3", "x{a=\"4\"} 5")]
    [InlineData("x{a=\"1\",b=\"2\"} 3", "x{b=\"4\",a=\"5\"} 6")]
    [InlineData("x{a=\"1\"} 3", "x 5")]
    [InlineData("x 3", "x{a=\"4\"} 5")]
    [InlineData("x{} 3", "x{} 5")]
    [InlineData("x{a=\"1\"} 3", "x{\"a\"=\"4\"} 5")]
    [InlineData("x{a=\"1\"} 3", "x{ab=\"4\"} 5")]
    [InlineData("x{ab=\"1\"} 3", "x{a\"b\"=\"4\"} 5")]
    [InlineData("\"a.b\"{\"l.m\"=\"1\"} 3", "\"c.d\"{\"l.m\"=\"4\"} 5")]
    [InlineData("{\"x\",a=\"1\"} 3", "{\"x\",a=\"4\"} 5")]
    [InlineData("x{le=\"1\"} 3", "g{le=\"4\"} 5")]
    public void TryParse_SampleAfterAnother_IsReadAsItIsAlone(string first, string second)
    {
        Assert.Equal([Metric(first), Metric(second)], Metrics($"{first}\n{second}\n"));
        AssertEndsAlikeWhereverItIsCut(first, second);
    }

    [Theory]
    [InlineData("\"a.b\"{\"l.m\"=\"1\"} 3", "\"a.b\"{l.m=\"4\"} 5")]
    [InlineData("\"a.b\"{\"l.m\"=\"1\"} 3", "a.b{\"l.m\"=\"4\"} 5")]
    [InlineData("x{a=\"1\",b=\"2\"} 3", "x{a=\"3\",b=\"4} 5")]
    [InlineData("x{a=\"1\",b=\"2\"} 3", "x{a=\"3\",b=\"\\t\"} 5")]
    [InlineData("x{a=\"1\",b=\"2\"} 3", "x{a=\"3\",a=\"4\"} 5")]
    [InlineData("x{a=\"1\"} 3", "x{a=\"4\",a=\"5\"} 6")]
    [InlineData("x{a=\"1\"} 3", "x{a=\"4\"")]
    [InlineData("x{a=\"1\"} 3", "x{a=\"4\"x} 5")]
    [InlineData("x{a=\"1\"} 3", "x{a=\"4\"}")]
    [InlineData("x{a=\"1\"} 3", "x{a=\"4\"} five")]
    [InlineData("x{a=\"1\"} 3", "1x{a=\"4\"} 5")]
    [InlineData("{a=\"1\",\"x\"} 3", "y{a=\"4\",\"x\"} 5")]
    [InlineData("{\"x\",a=\"1\"} 3", "y{\"x\",a=\"4\"} 5")]
    [InlineData("x{__name__x=\"1\"} 3", "x{__name__=\"1\"} 3")]
    public void TryParse_WrongSampleAfterAnother_IsRefusedAsItIsAlone(string first, string second)
    {
        Assert.Equal(
            ParsedText.Error($"\n{second}\n", NameValidation.Utf8).Message,
            ParsedText.Error($"{first}\n{second}\n", NameValidation.Utf8).Message);
        AssertEndsAlikeWhereverItIsCut(first, second);
    }

    /// <summary>A label that is a bound in one family, and may occur twice there, is a plain label in another.</summary>
    [Theory]
    [InlineData("histogram", "h{le=\"1\",le=\"2\"} 3", "x{le=\"1\",le=\"2\"} 3")]
    [InlineData("histogram", "h_bucket{a=\"1\",le=\"2\"} 3", "x{a=\"1\",le=\"big\"} 3")]
    [InlineData("histogram", "x{a=\"1\",le=\"big\"} 3", "h_bucket{a=\"1\",le=\"2\"} 3")]
    [InlineData("histogram", "x{a=\"1\",le=\"big\"} 3", "h_bucket{a=\"1\",le=\"big\"} 3")]
    [InlineData("histogram", "h_bucket{le=\"1\"} 3", "h_bucket{le=\"big\"} 3")]
    [InlineData("histogram", "h_bucket{quantile=\"1\"} 3", "x{quantile=\"2\"} 3")]
    [InlineData("summary", "h{quantile=\"1\"} 3", "x{quantile=\"half\"} 3")]
    [InlineData("summary", "x{quantile=\"half\"} 3", "h{quantile=\"1\"} 3")]
    [InlineData("summary", "x{quantile=\"half\"} 3", "h{quantile=\"half\"} 3")]
    public void TryParse_SampleOfAFamilyOfOtherBounds_IsReadAsItIsAlone(string type, string first, string second)
    {
        string header = $"# TYPE h {type}\n";
        byte[] alone = Encoding.UTF8.GetBytes($"{header}\n{second}\n");
        byte[] after = Encoding.UTF8.GetBytes($"{header}{first}\n{second}\n");

        Assert.Contains(Outcome(alone), Outcome(after));
    }

    /// <summary>The samples of one metric take turns with those of others, and with other shapes.</summary>
    [Fact]
    public void TryParse_HistogramsSampleBySample_AreAssembled() => Assert.Equal(
        """
        HISTOGRAM h
          label:{name:"a" value:"1"} histogram:{sample_count:2 sample_sum:3 bucket:{cumulative_count:1 upper_bound:1} bucket:{cumulative_count:2 upper_bound:inf}}
          label:{name:"a" value:"2"} histogram:{sample_count:5 sample_sum:6 bucket:{cumulative_count:4 upper_bound:1} bucket:{cumulative_count:5 upper_bound:inf}}
        GAUGE x
          label:{name:"a" value:"2"} gauge:{value:7}
        """,
        ParsedText.Describe("""
            # TYPE h histogram
            # TYPE x gauge
            h_bucket{a="1",le="1"} 1
            h_bucket{a="2",le="1"} 4
            h_bucket{a="1",le="+Inf"} 2
            h_sum{a="1"} 3
            h_count{a="1"} 2
            h_bucket{a="2",le="+Inf"} 5
            x{a="2"} 7
            h_sum{a="2"} 6
            h_count{a="2"} 5

            """));

    [Fact]
    public void TryParse_ValueThatIsNotUtf8AfterOneThatIs_IsRefused() => Assert.Equal(
        "text format parsing error in line 2: invalid label value \"\\xff\"",
        ParsedText.Error((byte[])[.. "x{a=\"1\"} 1\nx{a=\""u8, 0xff, .. "\"} 1\n"u8]).Message);

    /// <summary>More labels than an array of them has, so that metrics hold parts of several.</summary>
    [Fact]
    public void TryParse_ManySamples_HaveEachItsOwnLabels()
    {
        var body = new StringBuilder();
        for (int i = 0; i < 3000; i++)
        {
            body.Append($"x{{a=\"{i}\",b=\"{-i}\"{(i % 7 == 0 ? ",c=\"d\"" : "")}}} {i}\n");
        }

        List<Metric> metrics = Assert.Single(ParsedText.Families(body.ToString())).Metrics;

        for (int i = 0; i < 3000; i++)
        {
            string[] expected = [$"a={i}", $"b={-i}", .. i % 7 == 0 ? ["c=d"] : Array.Empty<string>()];
            Assert.Equal(expected, metrics[i].Labels.Select(label => $"{label.Name}={label.Value}"));
        }
    }

    /// <summary>Whatever the last byte of the body is, the second line has the same result as if it were the only one.</summary>
    private static void AssertEndsAlikeWhereverItIsCut(string first, string second)
    {
        byte[] alone = Encoding.UTF8.GetBytes($"\n{second}\n");
        byte[] after = Encoding.UTF8.GetBytes($"{first}\n{second}\n");
        int skipped = after.Length - alone.Length;
        for (int length = 1; length <= alone.Length; length++)
        {
            Assert.EndsWith(Outcome(alone.AsMemory(0, length)), Outcome(after.AsMemory(0, skipped + length)));
        }
    }

    private static string Outcome(ReadOnlyMemory<byte> body) =>
        TextParser.TryParse(body, NameValidation.Utf8, out List<MetricFamily>? families, out PushError? error)
            ? string.Concat(families.SelectMany(family => family.Metrics).Select(PrototextExposition.Describe))
            : error.Message;

    private static string Metric(string line) => Assert.Single(Metrics($"{line}\n"));

    private static string[] Metrics(string body) =>
        [.. ParsedText.Families(body, NameValidation.Utf8)
            .SelectMany(family => family.Metrics)
            .Select(PrototextExposition.Describe)];
}
