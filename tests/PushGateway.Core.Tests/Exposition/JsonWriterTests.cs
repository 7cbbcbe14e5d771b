using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Exposition;

public class JsonWriterTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain /'", "\"plain /'\"")]
    [InlineData("a\"b\\c", @"""a\""b\\c""")]
    [InlineData("\b\f\n\r\t", @"""\b\f\n\r\t""")]
    [InlineData("\0\u0001\u000b\u001f", @"""\u0000\u0001\u000b\u001f""")]
    [InlineData("\u007f", "\"\u007f\"")]
    [InlineData("<a&b>", @"""\u003ca\u0026b\u003e""")]
    [InlineData("é€😀", "\"é€😀\"")]
    [InlineData("\u0085\ufeff\ufffd", "\"\u0085\ufeff\ufffd\"")]
    [InlineData("a\u2028b\u2029", @"""a\u2028b\u2029""")]
    [InlineData("\u2027\u202a", "\"\u2027\u202a\"")]
    public void String_Text_IsEscapedAsGoEscapesIt(string text, string expected) =>
        Assert.Equal(expected, Written(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("FF", @"""\ufffd""")]
    [InlineData("61C362", @"""a\ufffdb""")]
    [InlineData("E28261", @"""\ufffd\ufffda""")] // each byte by itself
    [InlineData("EDA080", @"""\ufffd\ufffd\ufffd""")]
    [InlineData("F09F98", @"""\ufffd\ufffd\ufffd""")]
    public void String_NotUtf8_IsReplacedByteByByte(string bytes, string expected) =>
        Assert.Equal(expected, Written(Convert.FromHexString(bytes)));

    [Fact]
    public void Values_Nested_HaveCommasBetween()
    {
        var segments = new Segments();
        var json = new JsonWriter(segments);

        json.BeginObject();
        json.Key("a"u8);
        json.BeginArray();
        json.EndArray();
        json.Key("b"u8);
        json.BeginArray();
        json.NumberString(-0.0);
        json.NumberString(1e6);
        json.BeginObject();
        json.EndObject();
        json.Literal("true"u8);
        json.EndArray();
        json.Key("<"u8);
        json.String(new Utf8String("x"));
        json.EndObject();
        json.Commit();

        Assert.Equal(
            """{"a":[],"b":["-0","1e+06",{},true],"\u003c":"x"}""", Encoding.UTF8.GetString(segments.Written));
    }

    private static string Written(byte[] text)
    {
        var segments = new Segments();
        var json = new JsonWriter(segments);
        json.String(text);
        json.Commit();
        return Encoding.UTF8.GetString(segments.Written);
    }
}
