using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

public sealed class TextBodyRepairTests
{
    [Theory]
    [InlineData("x 1\r\n", "x 1\n", Leniency.Crlf)]
    [InlineData("# TYPE x gauge\r\nx 1\r\n", "# TYPE x gauge\nx 1\n", Leniency.Crlf)]
    [InlineData("x 1\r\ny 2\n\r\n", "x 1\ny 2\n\n", Leniency.Crlf)] // as lines come, mixed
    [InlineData("x 1", "x 1\n", Leniency.FinalNewline)]
    [InlineData("x 1\ny 2", "x 1\ny 2\n", Leniency.FinalNewline)]
    [InlineData("x 1\n# a comment", "x 1\n# a comment\n", Leniency.FinalNewline)]
    [InlineData("# HELP x\r\n# TYPE x gauge", "# HELP x\n# TYPE x gauge", Leniency.Crlf)] // without a sample the end stays
    [InlineData("x 1\r\ny 2", "x 1\ny 2\n", Leniency.Crlf | Leniency.FinalNewline)]
    [InlineData("x 1\r", "x 1\n", Leniency.Crlf | Leniency.FinalNewline)] // cut off between the two
    [InlineData("x 1\n\r", "x 1\n\n", Leniency.Crlf | Leniency.FinalNewline)]
    [InlineData("x{l=\"a\rb\\r\r\"} 1\r\n", "x{l=\"a\rb\\r\r\"} 1\n", Leniency.Crlf)] // only that of the line's end
    [InlineData("x 1\r\r\n", "x 1\r\n", Leniency.Crlf)]
    public void MendLines_OtherLineEnds_MakesThemLineFeeds(string body, string mended, Leniency uses)
    {
        Assert.Equal(mended, Mend(body, out Leniency used));
        Assert.Equal(uses, used);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("x 1\n")]
    [InlineData("x 1\n \t")] // blanks behind the last line are nothing
    [InlineData("x{l=\"a\rb\"} 1\n")]
    [InlineData("# only a comment")]
    [InlineData("\n \t# HELP x y# TYPE x gaugex 1")] // curl -d @file takes the line ends away
    public void MendLines_NothingToMend_GivesTheSameMemory(string body)
    {
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(body);

        Assert.True(bytes.Equals(TextBodyRepair.NormalizeLineEndings(bytes, out Leniency uses)));
        Assert.Equal(Leniency.None, uses);
    }

    /// <summary>Errors still have their line number.</summary>
    [Theory]
    [InlineData("x 1\r\n\r\ny y\r\nz 1", 3, "expected float as value, got \"y\"")]
    [InlineData("x{l=\"a\r\nb\"} 1\r\n", 1, "label value \"a\" contains unescaped new-line")]
    [InlineData("x{l=\"a", 1, "label value \"a\" contains unescaped new-line")]
    public void MendLines_BodyThatIsWrong_StaysWrong(string body, int line, string message)
    {
        PushError error = ParsedText.Error(Mend(body, out _));

        Assert.Equal(PushError.AtLine(line, message).Message, error.Message);
    }

    [Fact]
    public void DropTimestamps_SomeHaveOne_TakesItOff()
    {
        List<MetricFamily> families = ParsedText.Families("x 1 1234\ny 2\nx{a=\"b\"} 3 -1\n");

        Assert.True(TextBodyRepair.DropTimestamps(families));

        Assert.All(families.SelectMany(family => family.Metrics), metric => Assert.Null(metric.TimestampMs));
        Assert.Equal([1, 3, 2], families.SelectMany(family => family.Metrics).Select(metric => metric.Number));
        Assert.False(TextBodyRepair.DropTimestamps(families));
    }

    private static string Mend(string body, out Leniency uses) =>
        Encoding.UTF8.GetString(TextBodyRepair.NormalizeLineEndings(Encoding.UTF8.GetBytes(body), out uses).Span);
}
