using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>Parsers stop when a limit is exceeded, and store nothing of the rest of a body, however large it is.</summary>
public class BodyLimitsTests
{
    private const string Gauge = "2202120022021200";
    private static readonly BodyLimits Small = new(Series: 2, Labels: 3, NameBytes: 8, ValueBytes: 5, GroupLabels: 1);

    [Theory]
    [InlineData("x 1\ny 1\n", null)]
    [InlineData("x 1\ny 1\nz 1\n", "the push has 3 series, and at most 2 are allowed")]
    [InlineData("x{a=\"1\"} 1\nx{a=\"2\"} 1\nx{a=\"3\"} 1\n", "the push has 3 series, and at most 2 are allowed")]
    [InlineData("x 1\ny 1\nz 1\nw 1\n", "the push has at least 3 series, and at most 2 are allowed")]
    [InlineData("x 1\ny 1\nz 1\nnot a line", "the push has at least 3 series, and at most 2 are allowed")]
    [InlineData("# TYPE x histogram\nx_bucket{le=\"1\"} 1\nx_bucket{le=\"2\"} 1\nx_sum 1\nx_count 1\n", null)]
    [InlineData("x{a=\"\",b=\"\"} 1\n", null)]
    [InlineData("x{a=\"\",b=\"\",c=\"\"} 1\n",
        "a series of \"x\" has 4 labels with those of its group, and at most 3 are allowed")]
    [InlineData("x{a=\"\",b=\"\",c=\"\",d=\"\",e=\"\"} 1\ny 1\n",
        "a series of \"x\" has 6 labels with those of its group, and at most 3 are allowed")]
    [InlineData("# TYPE x summary\nx{a=\"\",b=\"\",quantile=\"1\"} 1\n", null)]
    [InlineData("# TYPE x summary\n{a=\"\",b=\"\",quantile=\"1\",x} 1\n", null)]
    [InlineData("too_long_ 1\n", "a metric name has 9 bytes, and at most 8 are allowed")]
    [InlineData("# TYPE too_long_ gauge\n", "a metric name has 9 bytes, and at most 8 are allowed")]
    [InlineData("x{too_long_=\"1\"} 1\n", "a label name of a series has 9 bytes, and at most 8 are allowed")]
    [InlineData("x{a=\"12345\"} 1\nx{a=\"123456\"} 1\n", "a label value of a series has 6 bytes, and at most 5 are allowed")]
    [InlineData("x{a=\"\\\\\\\\\\\\\\\\\\\\\\\\\"} 1\n", "a label value of a series has 6 bytes, and at most 5 are allowed")]
    public void TryParse_Text_StopsAtALimit(string body, string? message)
    {
        TextParser.TryParse(Encoding.UTF8.GetBytes(body), NameValidation.Legacy, Small, out _, out PushError? error);

        Assert.Equal(message, error?.Message);
        Assert.Equal(message is null, error is null or { Limit: LimitKind.None });
    }

    [Theory]
    [InlineData("0A0178" + Gauge, null)]
    [InlineData("0A0178" + Gauge + Gauge, "the push has at least 3 series, and at most 2 are allowed")]
    [InlineData("0A0178220C0A000A000A000A000A000A00",
        "a series of \"x\" has 7 labels with those of its group, and at most 3 are allowed")]
    [InlineData("0A09787878787878787878", "a metric name has 9 bytes, and at most 8 are allowed")]
    [InlineData("0A0178220D0A0B0A09616161616161616161", "a label name of a series has 9 bytes, and at most 8 are allowed")]
    [InlineData("0A0178220A0A081206616161616161", "a label value of a series has 6 bytes, and at most 5 are allowed")]
    public void TryParse_Protobuf_StopsAtALimit(string message, string? expected)
    {
        byte[] body = [(byte)(message.Length / 2), .. Convert.FromHexString(message)];

        ProtobufParser.TryParse(body, Small, out _, out PushError? error);

        Assert.Equal(expected, error?.Message);
    }

    [Theory]
    [InlineData("x 1\ny 1\n", null)]
    [InlineData("x 1\ny 1\nz 1\n", "the push has 3 series, and at most 2 are allowed")]
    [InlineData("x{a=\"1\"} 1\nx{a=\"2\"} 1\nx{a=\"3\"} 1\n", "the push has 3 series, and at most 2 are allowed")]
    [InlineData("x 1\ny 1\nz 1\nw 1\n", "the push has at least 3 series, and at most 2 are allowed")]
    [InlineData("# TYPE x counter\nx_total 1\nx_created 1\ny 1\n", null)]
    [InlineData("x{a=\"\",b=\"\"} 1\n", null)]
    [InlineData("x{a=\"\",b=\"\",c=\"\"} 1\n",
        "a series of \"x\" has 4 labels with those of its group, and at most 3 are allowed")]
    [InlineData("# TYPE x summary\nx{a=\"\",b=\"\",quantile=\"1\"} 1\n", null)]
    [InlineData("too_long_ 1\n", "a metric name has 9 bytes, and at most 8 are allowed")]
    [InlineData("# TYPE too_long_ gauge\n", "a metric name has 9 bytes, and at most 8 are allowed")]
    [InlineData("x{too_long_=\"1\"} 1\n", "a label name of a series has 9 bytes, and at most 8 are allowed")]
    [InlineData("x{a=\"12345\"} 1\nx{a=\"123456\"} 1\n", "a label value of a series has 6 bytes, and at most 5 are allowed")]
    public void TryParse_OpenMetrics_StopsAtALimit(string body, string? message)
    {
        OpenMetricsParser.TryParse(
            Encoding.UTF8.GetBytes(body + "# EOF"), NameValidation.Legacy, Small, out _, out PushError? error);

        Assert.Equal(message, error?.Message);
    }

    /// <summary>Above the limit, a body of twice the size needs no more memory.</summary>
    [Theory]
    [InlineData("a series", "a 1\n")]
    [InlineData("a series with labels", "a{b=\"c\"} 1\n")]
    [InlineData("a type", "# TYPE a{0} gauge\n")]
    [InlineData("a bucket", "a_bucket{{le=\"{0}\"}} 1\n")]
    [InlineData("a comment", "# a comment\n")]
    public void TryParse_LongText_AllocatesNoMoreThanTheLimits(string what, string line) =>
        AssertAllocatesNoMoreThanTheLimits(what, line, "histogram", "a_", body => TextParser.TryParse(
            body, NameValidation.Legacy, FewSeries, out _, out _));

    [Theory]
    [InlineData("a series", "a{{b=\"{0}\"}} 1\n", "gauge", "a")]
    [InlineData("a family", "a{0} 1\n", "gauge", "")]
    [InlineData("a type", "# TYPE a{0} gauge\n", "gauge", "")]
    [InlineData("a bucket", "a_bucket{{le=\"{0}\"}} 1\n", "histogram", "a_")]
    [InlineData("a quantile", "a{{quantile=\"0.{0}\"}} 1\n", "summary", "a")]
    [InlineData("an exemplar", "a_total{{b=\"{0}\"}} 1 # {{b=\"{0}\"}} 1 1\n", "counter", "a_")]
    public void TryParse_LongOpenMetrics_AllocatesNoMoreThanTheLimits(string what, string line, string type, string sample) =>
        AssertAllocatesNoMoreThanTheLimits(what, line, type, sample, body => OpenMetricsParser.TryParse(
            body, NameValidation.Legacy, FewSeries, out _, out _));

    /// <param name="sample">What the line begins with if it belongs to the family <c>a</c> of the type.</param>
    private static void AssertAllocatesNoMoreThanTheLimits(
        string what, string line, string type, string sample, Action<byte[]> parse)
    {
        Assert.NotEmpty(what);
        Assert.InRange(AllocatedBy(600_000), 0, 1.1 * AllocatedBy(300_000) + 10_000);

        long AllocatedBy(int lines)
        {
            string one = line.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);
            string rest = string.Concat(Enumerable.Range(0, lines).Select(
                i => one.Replace("{0}", $"{i:d6}", StringComparison.Ordinal)));
            bool isOfFamily = sample.Length > 0 && line.StartsWith(sample, StringComparison.Ordinal);
            byte[] body = Encoding.UTF8.GetBytes((isOfFamily ? $"# TYPE a {type}\n" : "") + rest);
            return Allocated(() => parse(body));
        }
    }

    [Theory]
    [InlineData("a metric", "2200", false)]
    [InlineData("a label", "0A00", true)]
    [InlineData("a bucket", "1A00", true, "3A")]
    [InlineData("a quantile", "1A00", true, "22")]
    [InlineData("a bucket with an exemplar", "1A021A00", true, "3A")]
    [InlineData("an exemplar", "82010000", true, "3A")]
    [InlineData("a span", "4A00", true, "3A")]
    [InlineData("a count", "590000000000000000", true, "3A")]
    public void TryParse_LongProtobuf_AllocatesNoMoreThanTheLimits(string what, string field, bool inMetric, string value = "")
    {
        Assert.NotEmpty(what);
        Assert.InRange(AllocatedBy(2_400_000), 0, 1.1 * AllocatedBy(1_200_000) + 10_000);

        long AllocatedBy(int count)
        {
            byte[] one = Convert.FromHexString(field);
            byte[] fields = [.. Enumerable.Repeat(one, count).SelectMany(bytes => bytes)];
            fields = value.Length == 0 ? fields : Field(value, fields);
            byte[] body = Field("", [0x0A, 1, (byte)'x', .. inMetric ? Field("22", fields) : fields]);
            return Allocated(() => ProtobufParser.TryParse(body, FewSeries, out _, out _));
        }
    }

    /// <summary>Packed numbers are a byte each.</summary>
    [Fact]
    public void TryParse_PackedDeltas_AllocatesNoMoreThanTheLimits()
    {
        Assert.InRange(AllocatedBy(1_600_000), 0, 1.1 * AllocatedBy(800_000) + 10_000);

        static long AllocatedBy(int count)
        {
            byte[] body = Field("", [0x0A, 1, (byte)'x', .. Field("22", Field("3A", Field("6A", new byte[count])))]);
            return Allocated(() => ProtobufParser.TryParse(body, FewSeries, out _, out _));
        }
    }

    [Theory]
    [InlineData("x \"{0}\n")]
    [InlineData("x{a=\"{0}\n")]
    [InlineData("x 1 {0}\n")]
    [InlineData("# TYPE x {0}\n")]
    [InlineData("x{{a=\"\\{0}")]
    public void TryParse_ErrorThatShowsALongText_ShowsItsBeginning(string body)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body.Replace("{0}", new string('\u001f', 2_000_000), StringComparison.Ordinal));

        Assert.False(TextParser.TryParse(bytes, NameValidation.Utf8, FewSeries, out _, out PushError? error));

        Assert.InRange(error.Message.Length, 1, 5 * GoQuote.MaxShownBytes);
    }

    [Fact]
    public void OfBody_LimitOfSeriesRaised_AllowsMoreOfEverything()
    {
        Assert.Equal((250_000, 2_000_000), (new BodyLimits(1_000_000).Families, new BodyLimits(1_000_000).Parts));
        Assert.Equal((2_500_000, 20_000_000), (new BodyLimits(10_000_000).Families, new BodyLimits(10_000_000).Parts));
        Assert.Equal((0, 0), (BodyLimits.None.Families, BodyLimits.None.Parts));
    }

    private static readonly BodyLimits FewSeries = new(Series: 1000, Labels: 256, NameBytes: 16 << 10, ValueBytes: 128 << 10);

    private static byte[] Field(string tag, byte[] content)
    {
        var length = new List<byte>();
        for (int rest = content.Length; ; rest >>= 7)
        {
            length.Add((byte)(rest > 0x7F ? (rest & 0x7F) | 0x80 : rest));
            if (rest <= 0x7F)
            {
                return [.. Convert.FromHexString(tag), .. length, .. content];
            }
        }
    }

    private static long Allocated(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
