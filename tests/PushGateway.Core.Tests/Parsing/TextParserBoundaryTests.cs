using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>Bodies that are truncated, have meaningless lines, or are not text.</summary>
public class TextParserBoundaryTests
{
    /// <summary>Every production of the format, with and without escapes.</summary>
    private const string Valid = """
        # HELP x a \\ help \n "text" é
        # TYPE x gauge
         x{a="b",c="\\ \" \n é"} 1
        x	{ a = "c" , } -1.5e-3
        {"x",d="e"} NaN
        {d="\\",x} +Inf

        #a comment
        # TYPE s summary
        s{quantile="0.5"} 1
        {quantile="0.9","s"} 2
        s_sum 3
        s_count 4
        # HELP h
        # HELP h A histogram.
        # TYPE h histogram
        h_bucket{le="1"} 0.5
        h_bucket{le="+Inf"} 2
        h_sum{} 7
        h_count 2
        {"name with \"quotes\" and \\"} 1 123456789
        "a.b"{"l.\n"="v"} 2 -1

        """;

    /// <summary>Every way to break a line, each placed after valid lines.</summary>
    private static readonly string[] Invalid =
    [
        "1x 2", "x 1 ", "x one", "x 1 1.5", "x 1 2 3", "x{1=\"b\"} 1", "x{a-b=\"c\"} 1", "x{a=b} 1", "x{a=\"b\"+} 1",
        "x{a=\"\\t\"} 1", "x{a=\"new", "{\"new", "\"new", "x{a=\"1\",b=\"2\",a=\"3\"} 1", "{\"x\",\"y\"} 1",
        "{\"x\" a=\"b\"} 1", "x{__name__=\"y\"} 1", "# HELP x-y text", "# HELP x a\\tb", "# HELP help again",
        "# TYPE typed gauge", "# TYPE y info", "h_bucket{le=\"big\"} 1", "h_count -1", "h_bucket{le=\"1\"} -1",
        "s{quantile=\"half\"} 1", "{quantile=\"half\",\"s\"} 1", "=",
    ];

    private const string GoodLines = """
        # HELP help text
        # TYPE typed gauge
        # TYPE s summary
        # TYPE h histogram

        """;

    [Fact]
    public void TryParse_ValidBodyCutAnywhere_HasItsWholeLinesOrIsCutOff()
    {
        byte[] body = Encoding.UTF8.GetBytes(Valid);
        for (int length = 0; length <= body.Length; length++)
        {
            ReadOnlyMemory<byte> prefix = body.AsMemory(0, length);
            int wholeLines = prefix.Span.LastIndexOf((byte)'\n') + 1;
            bool blank = prefix.Span[wholeLines..].Trim(" \t"u8).IsEmpty;

            string expected = blank
                ? Outcome(prefix[..wholeLines])
                : $"{PushError.AtLine(prefix.Span.Count((byte)'\n') + 1, ParsedText.CutOff)}";

            Assert.Equal(expected, Outcome(prefix));
        }
        Assert.Equal(5, Parse(body).Count);
    }

    /// <summary>The parser reports an error as soon as it has the bytes that cause it; later bytes do not change it.</summary>
    [Fact]
    public void TryParse_InvalidBodyCutAnywhere_IsCutOffUntilItIsWrong()
    {
        foreach (string line in Invalid)
        {
            byte[] body = Encoding.UTF8.GetBytes(GoodLines + line + "\n");
            string error = ParsedText.Error(body, NameValidation.Utf8).Message;
            string cutOff = PushError.AtLine(5, ParsedText.CutOff).Message;
            Assert.NotEqual(cutOff, error);

            bool wrong = false;
            for (int length = GoodLines.Length + 1; length <= body.Length; length++)
            {
                string outcome = Outcome(body.AsMemory(0, length));
                wrong |= outcome == error;
                Assert.Equal(wrong ? error : cutOff, outcome);
            }
            Assert.Equal(error, Outcome((byte[])[.. body, .. "}{\"\\"u8]));
        }
    }

    [Fact]
    public void TryParse_MeaninglessLinesBetween_ChangeNothing()
    {
        string[] lines = Valid.Split('\n')[..^1];
        Gen<string> meaningless = Gen.Elements(
            "", " ", "\t \t", "#", "# a comment", " #no \"quotes\\ end",
            "# TYPE x", "# HELP", "# HELP x", "# TYPE\tx\t");

        Prop.ForAll(meaningless.ArrayOf(lines.Length + 1).ToArbitrary(), between =>
        {
            var body = new StringBuilder();
            for (int i = 0; i < lines.Length; i++)
            {
                body.Append(between[i]).Append('\n').Append(lines[i]).Append('\n');
            }
            body.Append(between[^1]).Append('\n');

            Assert.Equal(Outcome(Encoding.UTF8.GetBytes(Valid)), Outcome(Encoding.UTF8.GetBytes(body.ToString())));
        }).Check(PropertyTests.Settings);
    }

    [Fact]
    public void TryParse_RandomBytes_IsFamiliesOrAnErrorWithALine()
    {
        Gen<byte[]> grammar = Gen.Elements("x 1\n#{}\"\\=,le_sum counthelpTYPE\t\r.+-aé\0"u8.ToArray()).ArrayOf();
        Gen<byte[]> words = Gen.Elements(
            "x", "{", "}", "\"", "=", ",", " ", "\n", "\\", "1", "# TYPE x histogram\n", "# TYPE x summary\n", "_count",
            "_bucket", "le=\"1\"", "quantile=\"0\"", "# HELP x y\n", "x 1\n", "{\"x\"", "NaN")
            .ArrayOf().Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)));
        Gen<byte[]> bytes = Gen.OneOf(ArbMap.Default.GeneratorFor<byte[]>(), grammar, words);

        Prop.ForAll(bytes.ToArbitrary(), body =>
        {
            foreach (NameValidation validation in Enum.GetValues<NameValidation>())
            {
                bool parsed = TextParser.TryParse(body, validation, out List<MetricFamily>? families, out PushError? error);

                Assert.Equal(parsed, error is null);
                Assert.Equal(parsed, families is not null);
                Assert.True(parsed || error!.Line > 0 && error.Line <= body.Count(b => b == '\n') + 1);
                Assert.True(!parsed || families!.TrueForAll(family => family.Metrics.Count > 0));
            }
        }).Check(PropertyTests.Settings.WithMaxTest(2000));
    }

    private static List<MetricFamily> Parse(byte[] body) =>
        TextParser.TryParse(body, NameValidation.Utf8, out List<MetricFamily>? families, out _) ? families : [];

    private static string Outcome(ReadOnlyMemory<byte> body) =>
        TextParser.TryParse(body, NameValidation.Utf8, out List<MetricFamily>? families, out PushError? error)
            ? ParsedText.Describe(families)
            : error.Message;
}
