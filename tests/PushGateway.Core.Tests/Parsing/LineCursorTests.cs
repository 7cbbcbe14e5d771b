using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

public class LineCursorTests
{
    [Theory]
    [InlineData("", true, LineCursor.NewLine)]
    [InlineData("", false, LineCursor.EndOfInput)]
    [InlineData("x", true, 'x')]
    [InlineData("x", false, 'x')]
    public void Current_NothingTaken_IsTheFirstByteOrTheEnd(string line, bool terminated, int expected)
    {
        LineCursor cursor = CursorOn(line, terminated);

        Assert.Equal(expected, cursor.Current);
        Assert.Equal(expected == LineCursor.EndOfInput, cursor.AtEndOfInput);
    }

    [Theory]
    [InlineData("ab cd", "ab", ' ')]
    [InlineData("ab\tcd", "ab", '\t')]
    [InlineData("ab", "ab", LineCursor.NewLine)]
    [InlineData(" ab", "", ' ')]
    [InlineData("a\rb", "a\rb", LineCursor.NewLine)]
    public void TakeToken_Line_EndsBeforeTheBlank(string line, string expected, int next)
    {
        LineCursor cursor = CursorOn(line);

        Assert.Equal(expected, cursor.TakeToken().ToString());
        Assert.Equal(next, cursor.Current);
    }

    [Fact]
    public void SkipBlanks_BlanksToTheEnd_StopsThere()
    {
        LineCursor cursor = CursorOn(" \t ");

        cursor.SkipBlanks();

        Assert.Equal(LineCursor.NewLine, cursor.Current);
        Assert.False(cursor.AtBlank);
    }

    [Theory]
    [InlineData("a:b_1{", "a:b_1", '{')]
    [InlineData("1a", "", '1')]
    [InlineData("é", "", 0xc3)]
    [InlineData("ab", "ab", LineCursor.NewLine)]
    [InlineData("\"a b\"c", "a b", 'c')]
    [InlineData("a\"b\"c", "ab", 'c')]
    [InlineData("\"\"=", "", '=')]
    public void TryTakeMetricName_Name_EndsWhereNoNameCanGoOn(string line, string expected, int next)
    {
        LineCursor cursor = CursorOn(line);

        Assert.True(cursor.TryTakeMetricName(out Utf8String name, out _));
        Assert.Equal(expected, name.ToString());
        Assert.Equal(next, cursor.Current);
    }

    [Fact]
    public void TryTakeLabelName_Colon_EndsTheName()
    {
        LineCursor cursor = CursorOn("a:b");

        Assert.True(cursor.TryTakeLabelName(out Utf8String name, out _));
        Assert.Equal("a", name.ToString());
        Assert.Equal(':', cursor.Current);
    }

    [Theory]
    [InlineData("a\"b", "a", 'b')]
    [InlineData("\"", "", LineCursor.NewLine)]
    [InlineData("\\\\\\\"\\n\"b", "\\\"\n", 'b')]
    [InlineData("a\\\\\"b\"", "a\\", 'b')]
    public void TryTakeQuoted_Closed_IsUnescaped(string line, string expected, int next)
    {
        LineCursor cursor = CursorOn(line);

        Assert.True(cursor.TryTakeQuoted(out Utf8String text, out _));
        Assert.Equal(expected, text.ToString());
        Assert.Equal(next, cursor.Current);
    }

    [Theory]
    [InlineData("ab", true, "ab", LineCursor.NewLine, false)]
    [InlineData("ab", false, "ab", LineCursor.EndOfInput, false)]
    [InlineData("a\\\\b", true, "a\\b", LineCursor.NewLine, false)]
    [InlineData("ab\\", true, "ab", LineCursor.NewLine, true)]
    [InlineData("ab\\", false, "ab", LineCursor.EndOfInput, true)]
    [InlineData("a\\tb\"", true, "a", 't', true)]
    public void TryTakeQuoted_Broken_TellsWhereAndWhatCameBefore(
        string line, bool terminated, string before, int at, bool inEscape)
    {
        LineCursor cursor = CursorOn(line, terminated);

        Assert.False(cursor.TryTakeQuoted(out Utf8String text, out QuoteFault fault));
        Assert.Equal(before, text.ToString());
        Assert.Equal(new QuoteFault(at, inEscape), fault);
    }

    [Theory]
    [InlineData("a \"b\" c", "a \"b\" c")]
    [InlineData("a\\nb\\\\\\\"c \"d", "a\nb\\\"c \"d")]
    [InlineData("\\\\", "\\")]
    public void TryTakeDocstring_Quotes_DoNotEndIt(string line, string expected)
    {
        LineCursor cursor = CursorOn(line);

        Assert.True(cursor.TryTakeDocstring(out Utf8String text, out _));
        Assert.Equal(expected, text.ToString());
        Assert.Equal(LineCursor.NewLine, cursor.Current);
    }

    [Theory]
    [InlineData("abc", "ab", true, 'c')]
    [InlineData("abc", "abc", true, LineCursor.NewLine)]
    [InlineData("abc", "", true, 'a')]
    [InlineData("abc", "abcd", false, 'a')]
    [InlineData("abc", "ac", false, 'a')]
    [InlineData("", "a", false, LineCursor.NewLine)]
    public void TryTake_Bytes_AreTakenWholeOrNotAtAll(string line, string bytes, bool expected, int next)
    {
        LineCursor cursor = CursorOn(line);

        Assert.Equal(expected, cursor.TryTake(new Utf8String(bytes)));
        Assert.Equal(next, cursor.Current);
    }

    [Fact]
    public void Position_SetBack_HasTheSameBytesAgain()
    {
        LineCursor cursor = CursorOn("ab cd ef");
        cursor.TakeToken();
        int start = cursor.Position;
        cursor.SkipBlanks();
        cursor.TakeToken();

        Assert.Equal(" cd", cursor.TakenSince(start).ToString());

        cursor.Position = start;
        cursor.SkipBlanks();
        Assert.Equal("cd", cursor.TakeToken().ToString());
    }

    [Fact]
    public void TakeToken_NoEscapes_ViewsTheBody()
    {
        byte[] body = "ab cd"u8.ToArray();
        var cursor = new LineCursor(body, terminated: true);

        Utf8String token = cursor.TakeToken();
        body[0] = (byte)'x';

        Assert.Equal("xb", token.ToString());
    }

    private static LineCursor CursorOn(string line, bool terminated = true) =>
        new(Encoding.UTF8.GetBytes(line), terminated);
}
