using PushGateway.Core.Query.Selectors;
using Xunit;

namespace PushGateway.Core.Tests.Query.Selectors;

public class SelectorParserTests
{
    [Theory]
    [InlineData("up", """{__name__="up"}""")]
    [InlineData("a:b_c9", """{__name__="a:b_c9"}""")]
    [InlineData(" \t\r\nup\n", """{__name__="up"}""")]
    [InlineData("up{}", """{__name__="up"}""")]
    [InlineData("up { }", """{__name__="up"}""")]
    [InlineData("""up{a="b"}""", """{__name__="up",a="b"}""")]
    [InlineData("""up {a = "b" , c=~ "d" , }""", """{__name__="up",a="b",c=~"d"}""")]
    [InlineData("""{a="b"}""", """{a="b"}""")]
    [InlineData("""{a="b",c!="d",e=~"f.*",g!~"h"}""", """{a="b",c!="d",e=~"f.*",g!~"h"}""")]
    [InlineData("a=\"b\"", """{a="b"}""")]
    public void TryParse_Selector_GivesItsMatchers(string text, string matchers) =>
        Assert.Equal(matchers, Parse(text).ToString());

    [Theory]
    [InlineData("""job=~"nightly.*" """, """{job=~"nightly.*"}""")]
    [InlineData("""job="a", instance!="b",""", """{job="a",instance!="b"}""")]
    [InlineData("""__name__="up" """, """{__name__="up"}""")]
    [InlineData(""" "my.label"="x" """, """{my.label="x"}""")]
    public void TryParse_MatchersWithoutBraces_GivesThem(string text, string matchers) =>
        Assert.Equal(matchers, Parse(text).ToString());

    [Theory]
    [InlineData("""{"my.metric", job="x"}""", """{__name__="my.metric",job="x"}""")]
    [InlineData("""{job="x","my.metric"}""", """{job="x",__name__="my.metric"}""")]
    [InlineData("""{"my.metric"}""", """{__name__="my.metric"}""")]
    [InlineData("""{"a label"="x"}""", """{a label="x"}""")]
    [InlineData("""up{"é"='x'}""", """{__name__="up",é="x"}""")]
    [InlineData("""{__name__=~"a|b",__name__!="c"}""", """{__name__=~"a|b",__name__!="c"}""")]
    public void TryParse_NamesInQuotes_AreTaken(string text, string matchers) =>
        Assert.Equal(matchers, Parse(text).ToString());

    [Theory]
    [InlineData("""{a="x\\y\"z"}""", "x\\y\"z")]
    [InlineData("""{a='x"y'}""", "x\"y")]
    [InlineData("""{a='x\'y'}""", "x'y")]
    [InlineData("""{a="\a\b\f\n\r\t\v"}""", "\a\b\f\n\r\t\v")]
    [InlineData("""{a="\x41\101\u00e9\U0001F600"}""", "AAé😀")]
    [InlineData("""{a="é😀"}""", "é😀")]
    [InlineData("{a=`x\\n\"'\n`}", "x\\n\"'\n")]
    public void TryParse_Value_IsUnescaped(string text, string value) =>
        Assert.Equal(value, Assert.Single(Parse(text).Matchers).Value.ToString());

    [Theory]
    [InlineData("", "1:1: parse error: expected a metric name, a label name or \"{\", found the end")]
    [InlineData("  ", "1:3: parse error: expected a metric name, a label name or \"{\", found the end")]
    [InlineData("{", "1:2: parse error: expected a label name, found the end")]
    [InlineData("up{", "1:4: parse error: expected a label name, found the end")]
    [InlineData("{a", "1:3: parse error: expected \"=\", \"!=\", \"=~\" or \"!~\", found the end")]
    [InlineData("{a=", "1:4: parse error: expected a value in quotes, found the end")]
    [InlineData("{a=\"", "1:4: parse error: a text in quotes is not closed")]
    [InlineData("{a=\"b\"", "1:7: parse error: expected \",\" or \"}\", found the end")]
    [InlineData("{a=\"b\",", "1:8: parse error: expected \",\" or \"}\", found the end")]
    [InlineData("a=\"b\",c", "1:8: parse error: expected \"=\", \"!=\", \"=~\" or \"!~\", found the end")]
    public void TryParse_Incomplete_SaysWhatIsMissing(string text, string error) => Assert.Equal(error, ErrorOf(text));

    [Theory]
    [InlineData("1", "1:1: parse error: expected a metric name, a label name or \"{\", found \"1\"")]
    [InlineData("up + 1", "1:4: parse error: expected the end, found \"+\"")]
    [InlineData("up[5m]", "1:3: parse error: expected the end, found \"[\"")]
    [InlineData("up}", "1:3: parse error: expected the end, found \"}\"")]
    [InlineData("{a=\"b\"} x", "1:9: parse error: expected the end, found \"x\"")]
    [InlineData("{,}", "1:2: parse error: expected a label name, found \",\"")]
    [InlineData("{a=\"b\",,}", "1:8: parse error: expected a label name, found \",\"")]
    [InlineData("{a=b}", "1:4: parse error: expected a value in quotes, found \"b\"")]
    [InlineData("{a==\"b\"}", "1:4: parse error: expected a value in quotes, found \"=\"")]
    [InlineData("{a!\"b\"}", "1:4: parse error: expected \"=\", \"!=\", \"=~\" or \"!~\", found \"\\\"\"")]
    [InlineData("{a>\"b\"}", "1:3: parse error: expected \"=\", \"!=\", \"=~\" or \"!~\", found \">\"")]
    [InlineData("{a=\"b\" c=\"d\"}", "1:8: parse error: expected \",\" or \"}\", found \"c\"")]
    [InlineData("{a:b=\"c\"}", "1:2: parse error: a label name with a colon has to be in quotes")]
    [InlineData("{\"\"=\"x\"}", "1:2: parse error: a name is empty")]
    [InlineData("{é=\"x\"}", "1:2: parse error: expected a label name, found \"é\"")]
    [InlineData("{😀", "1:2: parse error: expected a label name, found \"😀\"")]
    public void TryParse_Wrong_SaysWhatIsThere(string text, string error) => Assert.Equal(error, ErrorOf(text));

    [Theory]
    [InlineData("{a=\"b\nc\"}", "1:4: parse error: a text in quotes is not closed")]
    [InlineData("{a=\"\\q\"}", "1:5: parse error: an unknown escape in a text in quotes")]
    [InlineData("{a=\"\\'\"}", "1:5: parse error: an unknown escape in a text in quotes")]
    [InlineData("{a=\"\\", "1:5: parse error: an unknown escape in a text in quotes")]
    [InlineData("{a=\"\\x4\"}", "1:5: parse error: an escape in a text in quotes lacks digits")]
    [InlineData("{a=\"\\18\"}", "1:5: parse error: an escape in a text in quotes lacks digits")]
    [InlineData("{a=\"\\400\"}", "1:5: parse error: an escape in a text in quotes is no character")]
    [InlineData("{a=\"\\ud800\"}", "1:5: parse error: an escape in a text in quotes is no character")]
    [InlineData("{a=\"\\U00110000\"}", "1:5: parse error: an escape in a text in quotes is no character")]
    public void TryParse_WrongQuotes_SaysWhere(string text, string error) => Assert.Equal(error, ErrorOf(text));

    [Theory]
    [InlineData("{\n a=~\"(\"}", "2:5: parse error: a regular expression is wrong: a parenthesis is not closed")]
    [InlineData("{\"é\"=\"é\"}😀x", "1:10: parse error: expected the end, found \"😀\"")]
    public void TryParse_ErrorBehindOtherLinesAndCharacters_CountsCharactersOfItsLine(string text, string error) =>
        Assert.Equal(error, ErrorOf(text));

    [Theory]
    [InlineData("up{__name__=\"x\"}", "1:4")]
    [InlineData("{__name__=\"x\",\"up\"}", "1:15")]
    [InlineData("up{\"x\"}", "1:4")]
    [InlineData("{\"up\",\"x\"}", "1:7")]
    public void TryParse_TwoNames_IsAnError(string text, string position) =>
        Assert.Equal($"{position}: parse error: the metric name is given twice", ErrorOf(text));

    [Theory]
    [InlineData("{}")]
    [InlineData("{a=\"\"}")]
    [InlineData("{a=~\".*\"}")]
    [InlineData("{a!=\"b\",c!~\"d+\"}")]
    [InlineData("a=~\"|x\"")]
    public void TryParse_NothingThatNarrows_IsAnError(string text) => Assert.Equal(
        "1:1: parse error: a selector needs a matcher that does not match the empty value", ErrorOf(text));

    [Fact]
    public void TryParse_TooManyMatchers_IsAnError()
    {
        static string List(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"l{i}=\"x\""));

        Assert.Equal(64, Parse(List(64)).Matchers.Count);
        Assert.Equal("1:1: parse error: a selector has at most 64 matchers", ErrorOf(List(65)));
    }

    private static Selector Parse(string text)
    {
        Assert.True(SelectorParser.TryParse(text, out Selector? selector, out SelectorError? error), $"{error}");
        return selector;
    }

    private static string ErrorOf(string text)
    {
        Assert.False(SelectorParser.TryParse(text, out _, out SelectorError? error));
        return error.ToString();
    }
}
