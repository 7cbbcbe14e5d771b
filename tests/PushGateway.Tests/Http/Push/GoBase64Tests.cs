using System.Text;
using PushGateway.Http.Push;
using Xunit;

namespace PushGateway.Tests.Http.Push;

/// <summary>Tables of what Go's URL-safe decoder without padding does; checked against the Go Pushgateway.</summary>
public sealed class GoBase64Tests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("YQ", "a")]
    [InlineData("YWI", "ab")]
    [InlineData("YWJj", "abc")]
    [InlineData("YWJjZA", "abcd")]
    [InlineData("YR", "a")] // bits that make no byte are dropped
    [InlineData("\n", "")]
    [InlineData("\r\n\r", "")]
    [InlineData("Y\nQ", "a")]
    [InlineData("\nYQ\r\n", "a")]
    [InlineData("YW\nJj\nZA", "abcd")]
    public void TryDecode_Valid_GivesTheBytes(string text, string decoded)
    {
        Assert.True(GoBase64.TryDecode(text, out byte[] bytes, out int errorAt));

        Assert.Equal(decoded, Encoding.UTF8.GetString(bytes));
        Assert.Equal(-1, errorAt);
    }

    [Theory]
    [InlineData("-_-_", "FBFFBF")]
    [InlineData("____", "FFFFFF")]
    [InlineData("AAAA", "000000")]
    [InlineData("zZ09", "CD9D3D")]
    public void TryDecode_Alphabet_IsTheUrlSafeOne(string text, string hex)
    {
        Assert.True(GoBase64.TryDecode(text, out byte[] bytes, out _));

        Assert.Equal(hex, Convert.ToHexString(bytes));
    }

    [Theory]
    [InlineData("Y", "", 0)]
    [InlineData("YWJjZ", "abc", 4)]
    [InlineData("A\n", "", 1)] // a line break behind a lone character is what Go points at
    [InlineData("A\n\n", "", 2)]
    [InlineData("YWJjZ\n", "abc", 5)]
    [InlineData("!", "", 0)]
    [InlineData("Y!", "", 1)]
    [InlineData("YQ!", "", 2)] // the unfinished group of four is lost, not only the character
    [InlineData("YWJjYQ!", "abc", 6)]
    [InlineData("YWJj!YWJj", "abc", 4)]
    [InlineData("YWJ\r\njY!", "abc", 7)]
    [InlineData("+///", "", 0)] // the standard alphabet
    [InlineData("YQ==", "", 2)]
    [InlineData("=YQ", "", 0)]
    [InlineData(" YQ", "", 0)]
    [InlineData("é", "", 0)]
    public void TryDecode_Invalid_GivesWhatWasDecodedAndWhereItIsWrong(string text, string decoded, int index)
    {
        Assert.False(GoBase64.TryDecode(text, out byte[] bytes, out int errorAt));

        Assert.Equal(decoded, Encoding.UTF8.GetString(bytes));
        Assert.Equal(index, errorAt);
    }

    [Fact]
    public void TryDecode_AnyBytes_ReadsBackWhatTheFrameworkEncodes()
    {
        var random = new Random(1);
        for (int length = 0; length < 64; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);

            Assert.True(GoBase64.TryDecode(System.Buffers.Text.Base64Url.EncodeToString(bytes), out byte[] decoded, out _));

            Assert.Equal(bytes, decoded);
        }
    }
}
