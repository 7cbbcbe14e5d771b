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
    [InlineData("x 1 \t\n", "x 1\n", Leniency.TrailingBlank)]
    [InlineData(" x{l=\"a \"} 1 5 \n", " x{l=\"a \"} 1 5\n", Leniency.TrailingBlank)]
    [InlineData("x 1 \r\n", "x 1\n", Leniency.TrailingBlank | Leniency.Crlf)]
    [InlineData("x 1 ", "x 1\n", Leniency.TrailingBlank | Leniency.FinalNewline)]
    [InlineData("#TYPE x gauge \n x 1\n", "#TYPE x gauge\n x 1\n", Leniency.TrailingBlank)]
    [InlineData("#  TYPE \"x\"\tgauge \nx 1\n", "#  TYPE \"x\"\tgauge\nx 1\n", Leniency.TrailingBlank)]
    [InlineData("x 1 1.5\n", "x 1\n", Leniency.Timestamp)]
    [InlineData("x{l=\"a b\"}\t1 \t-1.7e9\n", "x{l=\"a b\"}\t1\n", Leniency.Timestamp)]
    [InlineData("x{}1 9223372036854775808\ny 1 9223372036854775807\n", "x{}1\ny 1 9223372036854775807\n", Leniency.Timestamp)]
    [InlineData("x NaN .5 \r\n", "x NaN\n", Leniency.Timestamp | Leniency.Crlf | Leniency.TrailingBlank)]
    [InlineData("\ufeff# TYPE x gauge\nx 1\n", "# TYPE x gauge\nx 1\n", Leniency.ByteOrderMark)]
    [InlineData("x 1\n\u001a", "x 1\n", Leniency.CtrlZ)]
    [InlineData("\ufeffx 1\u001a", "x 1\n", Leniency.ByteOrderMark | Leniency.CtrlZ | Leniency.FinalNewline)]
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
    [InlineData("# HELP x A. \n# a comment \n# TYPE x \n# TYPE \n#TYPE x \n# TYPES of blanks \nx 1\n \n")] // blanks that are valid
    [InlineData("# HELP x 1 1.5\nx 1.5\nx{l=\"1 2\"} 1.5\n{x} 1.5\n")]
    [InlineData(" NaN 1.5\nInf 1e5\n")] // names
    [InlineData("x 1 1.5e999\nx 1 1.5.5\nx 1 NaN\nx 1 0x5\nx 1 1 1.5\n")] // no numbers
    [InlineData("\ufeff")]
    [InlineData("\ufeff# TYPE x gauge\n")]
    [InlineData("\u001a")]
    [InlineData("x 1\n\u001a\n")]
    [InlineData("\n \t# HELP x y# TYPE x gaugex 1")] // curl -d @file takes the line ends away
    public void MendLines_NothingToMend_GivesTheSameMemory(string body)
    {
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(body);

        Assert.True(bytes.Equals(TextBodyRepair.Repair(bytes, out Leniency uses)));
        Assert.Equal(Leniency.None, uses);
    }

    /// <summary>Bodies that shrink may have any size. Others are limited to a megabyte, since limits count the bytes that were sent.</summary>
    [Theory]
    [InlineData('a', 1 << 20, true)]
    [InlineData('語', 1 << 17, true)]
    [InlineData('語', 1 << 20, false)]
    public void Repair_Utf16_GrowsToAMegabyteAtMost(char filler, int count, bool isRepaired)
    {
        string text = $"x{{l=\"{new string(filler, count)}\"}} 1\n";
        byte[] body = [0xff, 0xfe, .. Encoding.Unicode.GetBytes(text)];

        string repaired = Encoding.UTF8.GetString(TextBodyRepair.Repair(body, out Leniency uses).Span);

        Assert.Equal(isRepaired, repaired == text);
        Assert.Equal(isRepaired, uses.HasFlag(Leniency.Utf16));
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
        Encoding.UTF8.GetString(TextBodyRepair.Repair(Encoding.UTF8.GetBytes(body), out uses).Span);
}
