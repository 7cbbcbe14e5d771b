using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Model;

public class GoQuoteTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain text", "\"plain text\"")]
    [InlineData("\"\\'", "\"\\\"\\\\'\"")]
    [InlineData("\a\b\f\n\r\t\v", @"""\a\b\f\n\r\t\v""")]
    [InlineData("\0\u0001\u001f\u007f", @"""\x00\x01\x1f\x7f""")]
    [InlineData("é€😀", "\"é€😀\"")]
    [InlineData("\u0080\u009f\u00ad", @"""\u0080\u009f\u00ad""")]
    [InlineData("\u00a0\u2028\u200b\ufeff\ue000", @"""\u00a0\u2028\u200b\ufeff\ue000""")]
    [InlineData("\U000e0001\U0010ffff", @"""\U000e0001\U0010ffff""")]
    [InlineData("\ufffd", "\"\ufffd\"")]
    public void Quote_Text_EscapesWhatGoDoes(string text, string expected)
    {
        Assert.Equal(expected, GoQuote.Quote(new Utf8String(text).Span));
    }

    [Theory]
    [InlineData("FF", @"""\xff""")]
    [InlineData("61FF62C3", @"""a\xffb\xc3""")]
    [InlineData("E282", @"""\xe2\x82""")]
    [InlineData("EDA080", @"""\xed\xa0\x80""")]
    [InlineData("F4908080", @"""\xf4\x90\x80\x80""")]
    [InlineData("C0AF", @"""\xc0\xaf""")]
    public void Quote_BytesThatAreNotUtf8_AreShownOneByOne(string bytes, string expected)
    {
        Assert.Equal(expected, GoQuote.Quote(Convert.FromHexString(bytes)));
    }

    [Theory]
    [InlineData('x', "'x'")]
    [InlineData(' ', "' '")]
    [InlineData('"', "'\"'")]
    [InlineData('\'', @"'\''")]
    [InlineData('\\', @"'\\'")]
    [InlineData('\n', @"'\n'")]
    [InlineData(0x00, @"'\x00'")]
    [InlineData(0x7f, @"'\x7f'")]
    [InlineData(0x80, @"'\u0080'")]
    [InlineData(0xa0, @"'\u00a0'")]
    [InlineData(0xc3, "'Ã'")]
    [InlineData(0xff, "'ÿ'")]
    public void QuoteByte_AnyByte_IsShownAsTheCharacterOfThatNumber(byte value, string expected)
    {
        Assert.Equal(expected, GoQuote.QuoteByte(value));
    }
}
