using Xunit;

namespace PushGateway.Tests;

public class GoQuoteTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a b=c", "\"a b=c\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("\a\b\f\n\r\t\v", "\"\\a\\b\\f\\n\\r\\t\\v\"")]
    [InlineData("\0\u001b\u007f", "\"\\x00\\x1b\\x7f\"")]
    [InlineData("é😀", "\"é😀\"")]
    [InlineData("\u00a0\u0085\u2028\ufeff\ue000", "\"\\u00a0\\u0085\\u2028\\ufeff\\ue000\"")]
    [InlineData("\U000f0000", "\"\\U000f0000\"")]
    public void Quote_Text_EscapesWhatIsNotPrintable(string text, string quoted) =>
        Assert.Equal(quoted, GoQuote.Quote(text));

    [Fact]
    public void Quote_LoneSurrogate_BecomesTheReplacementCharacter() =>
        Assert.Equal("\"\ufffd\"", GoQuote.Quote(((char)0xd800).ToString()));

    [Theory]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("\n\u007f", "\"\\x0a\u007f\"")]
    [InlineData("é", "\"\\xc3\\xa9\"")]
    public void QuoteBytes_Text_EscapesWhatIsNotAscii(string text, string quoted) =>
        Assert.Equal(quoted, GoQuote.QuoteBytes(text));
}
