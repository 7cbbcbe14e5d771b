using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>Bodies that the text parser rejects, with the message and the line.</summary>
public class TextParserErrorTests
{
    private const string Summary = "# TYPE s summary\n";
    private const string Histogram = "# TYPE h histogram\n";

    /// <summary>Each follows a valid line, which must be counted correctly.</summary>
    [Theory]
    [InlineData("1x 2", "invalid metric name")]
    [InlineData("@x 2", "invalid metric name")]
    [InlineData("é 2", "invalid metric name")]
    [InlineData("=", "invalid metric name")]
    [InlineData("\r", "invalid metric name")]
    [InlineData("\"\" 1", "invalid metric name")]
    [InlineData("\"a.b\" 1", "invalid metric name \"a.b\"")]
    [InlineData("{\"a.b\"} 1", "invalid metric name \"a.b\"")]
    [InlineData("{\"1\"} 1", "invalid metric name \"1\"")]
    [InlineData("x", "expected float as value, got \"\"")]
    [InlineData("x ", "expected float as value, got \"\"")]
    [InlineData("x{a=\"b\"}", "expected float as value, got \"\"")]
    [InlineData("x one", "expected float as value, got \"one\"")]
    [InlineData("x-y 1", "expected float as value, got \"-y\"")]
    [InlineData("x.y 1", "expected float as value, got \".y\"")]
    [InlineData("x} 1", "expected float as value, got \"}\"")]
    [InlineData("x 0x1F", "expected float as value, got \"0x1F\"")]
    [InlineData("x 1_000", "expected float as value, got \"1_000\"")]
    [InlineData("x 1e400", "expected float as value, got \"1e400\"")]
    [InlineData("x 1\r", "expected float as value, got \"1\\r\"")]
    [InlineData("x é", "expected float as value, got \"é\"")]
    [InlineData("x 1 ", "expected integer as timestamp, got \"\"")]
    [InlineData("x 1 1.5", "expected integer as timestamp, got \"1.5\"")]
    [InlineData("x 1 1e3", "expected integer as timestamp, got \"1e3\"")]
    [InlineData("x 1 now", "expected integer as timestamp, got \"now\"")]
    [InlineData("x 1 5\r", "expected integer as timestamp, got \"5\\r\"")]
    [InlineData("x 1 +", "expected integer as timestamp, got \"+\"")]
    [InlineData("x 1 9223372036854775808", "expected integer as timestamp, got \"9223372036854775808\"")]
    [InlineData("x 1 5\0", "expected integer as timestamp, got \"5\\x00\"")]
    [InlineData("x 1 2 3", "spurious string after timestamp: \" 3\"")]
    [InlineData("x 1 2 ", "spurious string after timestamp: \" \"")]
    public void TryParse_InvalidSample_SaysWhatIsWrong(string line, string expected) =>
        AssertSecondLineFails(line, expected);

    [Theory]
    [InlineData("x{=\"b\"} 1", "invalid label name for metric \"x\"")]
    [InlineData("x{1a=\"b\"} 1", "invalid label name for metric \"x\"")]
    [InlineData("x{,a=\"b\"} 1", "invalid label name for metric \"x\"")]
    [InlineData("x{a=\"b\",,c=\"d\"} 1", "invalid label name for metric \"x\"")]
    [InlineData("x{\"\"=\"b\"} 1", "invalid label name for metric \"x\"")]
    [InlineData("x{", "invalid label name for metric \"x\"")]
    [InlineData("x{a=\"b\",", "invalid label name for metric \"x\"")]
    [InlineData("{=\"b\"} 1", "invalid label name for metric \"ok\"")] // the family last named
    [InlineData("x{\"a.b\"=\"c\"} 1", "invalid label name \"a.b\"")]
    [InlineData("x{\"1\"=\"c\"} 1", "invalid label name \"1\"")]
    [InlineData("x{a-b=\"c\"} 1", "expected '=' after label name, found '-'")]
    [InlineData("x{a:b=\"c\"} 1", "expected '=' after label name, found ':'")]
    [InlineData("x{a} 1", "expected '=' after label name, found '}'")]
    [InlineData("x{a", "expected '=' after label name, found '\\n'")]
    [InlineData("x{aé=\"c\"} 1", "expected '=' after label name, found 'Ã'")]
    [InlineData("x{\"y\"} 1", "expected '=' after label name, found '}'")]
    [InlineData("x{__name__=\"y\"} 1", "label name \"__name__\" is reserved")]
    [InlineData("{\"x\",__name__=\"y\"} 1", "label name \"__name__\" is reserved")]
    [InlineData("x{a=b} 1", "expected '\"' at start of label value, found 'b'")]
    [InlineData("x{a='b'} 1", "expected '\"' at start of label value, found '\\''")]
    [InlineData("x{a=", "expected '\"' at start of label value, found '\\n'")]
    [InlineData("x{a==\"b\"} 1", "expected '\"' at start of label value, found '='")]
    [InlineData("x{a=\"b\"+} 1", "unexpected end of label value \"b\"")]
    [InlineData("x{a=\"b\" c=\"d\"} 1", "unexpected end of label value \"b\"")]
    [InlineData("x{a=\"b\"", "unexpected end of label value \"b\"")]
    [InlineData("x{a=\"\\t\"} 1", "invalid escape sequence '\\t'")]
    [InlineData("x{a=\"\\é\"} 1", "invalid escape sequence '\\Ã'")]
    [InlineData("x{a=\"\\", "invalid escape sequence '\\\n'")]
    [InlineData("x{a=\"new", "label value \"new\" contains unescaped new-line")]
    [InlineData("x{a=\"n\\\\ew", "label value \"n\\\\ew\" contains unescaped new-line")]
    [InlineData("x{\"new", "label name \"new\" contains unescaped new-line")]
    [InlineData("x{\"\\t\"=\"a\"} 1", "invalid escape sequence '\\t'")]
    [InlineData("\"new", "metric name \"new\" contains unescaped new-line")]
    [InlineData("{\"new", "label name \"new\" contains unescaped new-line")]
    [InlineData("x{a=\"1\",a=\"2\"} 1", "duplicate label names for metric \"x\"")]
    [InlineData("x{a=\"1\",b=\"2\",\"a\"=\"3\"} 1", "duplicate label names for metric \"x\"")]
    [InlineData("{\"x\",\"y\"} 1", "multiple metric names for metric \"x\"")]
    [InlineData("{\"x\",\"y\" 1", "multiple metric names for metric \"x\"")]
    [InlineData("{\"x\" a=\"b\"} 1", "unexpected end of metric name 'a'")]
    [InlineData("{x.y} 1", "unexpected end of metric name '.'")]
    public void TryParse_InvalidLabels_SaysWhatIsWrong(string line, string expected) =>
        AssertSecondLineFails(line, expected);

    [Theory]
    [InlineData("# HELP 1x text", "invalid metric name in comment")]
    [InlineData("# HELP x-y text", "invalid metric name in comment")]
    [InlineData("# TYPE x{} gauge", "invalid metric name in comment")]
    [InlineData("# TYPE x\r", "invalid metric name in comment")]
    [InlineData("# TYPE \"a.b\" gauge", "invalid metric name \"a.b\"")]
    [InlineData("# HELP \"a.b\" text", "invalid metric name \"a.b\"")]
    [InlineData("# HELP \"\" text", "invalid metric name \"\"")]
    [InlineData("# HELP \"new", "metric name \"new\" contains unescaped new-line")]
    [InlineData("# HELP \"\\t\" text", "invalid escape sequence '\\t'")]
    [InlineData("# HELP x a\\tb", "invalid escape sequence '\\t'")]
    [InlineData("# HELP x a\\", "invalid escape sequence '\\\n'")]
    [InlineData("# HELP help again", "second HELP line for metric name \"help\"")]
    [InlineData("# TYPE typed gauge", "second TYPE line for metric name \"typed\", or TYPE reported after samples")]
    [InlineData("# TYPE ok gauge", "second TYPE line for metric name \"ok\", or TYPE reported after samples")]
    [InlineData("# TYPE x info", "unknown metric type \"info\"")]
    [InlineData("# TYPE x gauge ", "unknown metric type \"gauge \"")]
    [InlineData("# TYPE x gauge\r", "unknown metric type \"gauge\\r\"")]
    [InlineData("# TYPE x gauge counter", "unknown metric type \"gauge counter\"")]
    public void TryParse_InvalidComment_SaysWhatIsWrong(string line, string expected) =>
        AssertFails("ok 1\n# HELP help text\n# TYPE typed counter\n" + line + "\n", 4, expected);

    [Theory]
    [InlineData(Summary + "s{quantile=\"half\"} 1\n", 2, "expected float as value for 'quantile' label, got \"half\"")]
    [InlineData(Summary + "{quantile=\"half\",s} 1\n", 2, "expected float as value for 'quantile' label, got \"half\"")]
    [InlineData(Histogram + "h_bucket{le=\"big\"} 1\n", 2, "expected float as value for 'le' label, got \"big\"")]
    [InlineData(Histogram + "h_bucket{le=\"\"} 1\n", 2, "expected float as value for 'le' label, got \"\"")]
    [InlineData(Histogram + "h_bucket{le=\"1\"} -1\n", 2, "negative bucket population for histogram \"h\"")]
    [InlineData(Histogram + "h_bucket{le=\"1\"} -Inf\n", 2, "negative bucket population for histogram \"h\"")]
    [InlineData(Histogram + "h_sum 1\nh_count -2\n", 3, "negative count for histogram \"h\"")]
    [InlineData(Histogram + "h_count -0.5\n", 2, "negative count for histogram \"h\"")]
    [InlineData(Histogram + "h_count 1\n# TYPE h_count gauge\n", 3,
        "second TYPE line for metric name \"h\", or TYPE reported after samples")]
    [InlineData(Histogram + "h_count{a=\"1\",a=\"1\"} 1\n", 2, "duplicate label names for metric \"h\"")]
    public void TryParse_InvalidDistribution_SaysWhatIsWrong(string body, int line, string expected) =>
        AssertFails(body, line, expected);

    /// <summary>The Go Pushgateway crashes or mixes metrics up; here it is an error.</summary>
    [Theory]
    [InlineData("{} 1\n", 1)]
    [InlineData("{a=\"b\"} 1\n", 1)]
    [InlineData("# TYPE x gauge\n{a=\"b\"} 1\n", 2)]
    [InlineData("x 1\n# TYPE y gauge\n{a=\"b\"} 1\n", 3)]
    public void TryParse_SampleWithoutANameAndNoneBefore_IsRefused(string body, int line) =>
        AssertFails(body, line, "invalid metric name");

    [Theory]
    [InlineData("x 1")]
    [InlineData("x")]
    [InlineData("x ")]
    [InlineData("x 1 ")]
    [InlineData("x 1 17")]
    [InlineData("x 1 17 ")]
    [InlineData("x{")]
    [InlineData("x{a")]
    [InlineData("x{a=")]
    [InlineData("x{a=\"")]
    [InlineData("x{a=\"b\\")]
    [InlineData("x{a=\"b\\n")]
    [InlineData("x{a=\"b\"")]
    [InlineData("x{a=\"b\",")]
    [InlineData("x{a=\"b\"}")]
    [InlineData("{")]
    [InlineData("{\"x")]
    [InlineData("{\"x\"")]
    [InlineData("{\"x\"}")]
    [InlineData("#")]
    [InlineData("# half a comm")]
    [InlineData("# HELP")]
    [InlineData("# HELP ")]
    [InlineData("# HELP x")]
    [InlineData("# HELP x ")]
    [InlineData("# HELP x half")]
    [InlineData("# HELP x half\\")]
    [InlineData("# HELP x half\\\\")]
    [InlineData("# TYPE x ")]
    [InlineData("# TYPE x gau")]
    [InlineData("# TYPE \"x")]
    public void TryParse_LastLineWithoutNewline_IsCutOff(string line) =>
        AssertFails("ok 1\n" + line, 2, ParsedText.CutOff);

    [Theory]
    [InlineData("x{a=\"\u00ff\"} 1\n", "invalid label value \"\\xff\"")]
    [InlineData("x{a=\"b\u00c3\"} 1\n", "invalid label value \"b\\xc3\"")]
    [InlineData("# HELP x \u00ff\n", "invalid help text \"\\xff\"")]
    [InlineData("{\"\u00ff\"} 1\n", "invalid metric name \"\\xff\"")]
    [InlineData("x{\"\u00ff\"=\"a\"} 1\n", "invalid label name \"\\xff\"")]
    [InlineData("x 1\u00ff\n", "expected float as value, got \"1\\xff\"")]
    [InlineData("x 1 \u00ff\n", "expected integer as timestamp, got \"\\xff\"")]
    public void TryParse_BytesThatAreNotUtf8_AreShownAsGoShowsThem(string latin1, string expected)
    {
        byte[] body = [.. latin1.Select(c => (byte)c)];

        Assert.Equal(PushError.AtLine(1, expected), ParsedText.Error(body, NameValidation.Utf8));
    }

    [Fact]
    public void TryParse_SeveralErrors_TellsTheFirst() =>
        AssertFails("a 1\nb two\nc three\n", 2, "expected float as value, got \"two\"");

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(300)]
    public void TryParse_LastOfManyLabelsTwice_IsFound(int count)
    {
        string labels = string.Concat(Enumerable.Range(0, count).Select(i => $"l{i}=\"{i}\","));

        AssertSecondLineFails($"x{{{labels}l{count - 1}=\"\"}} 1", "duplicate label names for metric \"x\"");
    }

    private static void AssertSecondLineFails(string line, string expected) =>
        AssertFails("ok 1\n" + line + "\n", 2, expected);

    private static void AssertFails(string body, int line, string expected)
    {
        PushError error = ParsedText.Error(body);

        Assert.Equal($"text format parsing error in line {line}: {expected}", error.Message);
        Assert.Equal(line, error.Line);
    }
}
