using System.Diagnostics;
using System.Text.RegularExpressions;
using PushGateway.Core.Query.Selectors;
using Xunit;

namespace PushGateway.Core.Tests.Query.Selectors;

public class GoRegexTests
{
    [Theory]
    [InlineData("a", "a", "ab,ba,A, ")]
    [InlineData("a|b", "a,b", "ab")]
    [InlineData("nightly.*", "nightly,nightly_1,nightly\n", "xnightly")]
    [InlineData("", "", "a")]
    [InlineData("a.c", "abc,a\nc,aéc", "ac")] // the dot is any character, as in Prometheus
    [InlineData("a?b+c*", "b,abbc", "a")]
    [InlineData("a{2}", "aa", "a,aaa")]
    [InlineData("a{2,}", "aa,aaa", "a")]
    [InlineData("a{0,1}?b", "b,ab", "aab")]
    [InlineData("a{x}", "a{x}", "a")]
    [InlineData("(ab)+", "ab,abab", "a")]
    [InlineData("(?:a|b)c", "ac,bc", "c")]
    [InlineData("(?P<n>a)(?<m>b)", "ab", "a")]
    [InlineData("(?i)ab", "ab,AB,Ab", "b")]
    [InlineData("a(?i:b)c", "abc,aBc", "Abc,abC")]
    [InlineData("(?i:a(?-i)b)c", "abc,Abc", "aBc,abC")]
    [InlineData("^a$", "a", "a\n")]
    [InlineData("a$", "a", "a\n")] // not before a last newline
    [InlineData("a b#c", "a b#c", "ab")]
    [InlineData("a]}", "a]}", "a")]
    [InlineData("é😀", "é😀", "é")]
    [InlineData("😀+", "😀,😀😀", "😀x")]
    [InlineData("a.c", "a😀c", "a😀😀c")] // a character is one, however .NET stores it
    [InlineData("..", "😀😀,ab", "😀")]
    [InlineData(".+.+", "ab", "😀")]
    [InlineData("a(?s)*", "aa", "b")]
    [InlineData("a{02}", "a{02}", "aa")] // no number in Go
    [InlineData("(?is)A.b", "a\nB", "ab")]
    [InlineData("a||b", "a,b", "ab")]
    [InlineData("^*a$*", "a", "b")]
    public void TryCreate_Syntax_MatchesAsInGo(string pattern, string matching, string others) =>
        AssertMatches(pattern, matching, others);

    [Theory]
    [InlineData(@"\d", "0,9", "٣,a")] // digits of ASCII only
    [InlineData(@"\D", "a,٣", "0")]
    [InlineData(@"\w+", "aZ_9", "é")]
    [InlineData(@"\W", "é,-", "a,_")]
    [InlineData(@"\s", " ,\t", "\u00a0,\v")]
    [InlineData(@"\S", "a,\u00a0,\v", " ")]
    [InlineData(@"\.\*\+\?\(\)\[\]\{\}\|\^\$\\\-", @".*+?()[]{}|^$\-", "a")]
    [InlineData(@"\x41\xe9", "Aé", "A")]
    [InlineData(@"\_\a\f\n\r\t\v", "_\a\f\n\r\t\v", "a")]
    [InlineData(@"\D\W\S", "😀😀😀", "😀")]
    [InlineData(@"\Aa\z", "a", "b")]
    public void TryCreate_Escapes_AreThoseOfGo(string pattern, string matching, string others) =>
        AssertMatches(pattern, matching, others);

    [Theory]
    [InlineData("[abc]", "a,b,c", "d,ab")]
    [InlineData("[^abc]", "d,\n", "a")]
    [InlineData("[a-c]", "b", "d,-")]
    [InlineData("[a-]", "a,-", "b")]
    [InlineData("[-a]", "a,-", "b")]
    [InlineData("[]a]", "],a", "b")]
    [InlineData("[^]a]", "b", "],a")]
    [InlineData(@"[\]\-\\]", @"],-,\", "a")]
    [InlineData("[[a]", "[,a", "b")]
    [InlineData("[[:digit:]_]+", "0_9", "a")]
    [InlineData("[^[:alpha:]]", "1", "a")]
    [InlineData("[[:punct:]]+", "!-[]{}~\\\\`", "a")]
    [InlineData("[[:]", "[,:", "]")] // the colon is not the end of a named class as well
    [InlineData("[a-z-[b]", "a,b,[", "1")] // no subtraction, as it would be in .NET
    [InlineData(@"[\d\s]", "1, ", "a,٣")]
    [InlineData(@"[^\s\d]", "a,é,😀", "1, ,😀😀")]
    [InlineData(@"[\d-z]", "1,-,z", "y")]
    [InlineData("[a-z-9]", "b,-,9", "5")]
    [InlineData(@"[\x41-\x43]", "B", "D")]
    [InlineData("[^^]", "a", "^")]
    [InlineData("[.$]", ".,$", "a")]
    public void TryCreate_Classes_AreThoseOfGo(string pattern, string matching, string others) =>
        AssertMatches(pattern, matching, others);

    [Theory]
    [InlineData("(", "a parenthesis is not closed")]
    [InlineData("(a", "a parenthesis is not closed")]
    [InlineData("(?i", "a parenthesis is not closed")]
    [InlineData("a)", "a parenthesis is closed that is not open")]
    [InlineData("[a", "a bracket is not closed")]
    [InlineData("[]", "a bracket is not closed")]
    [InlineData(@"[a\", "a bracket is not closed")]
    [InlineData("[[:alpha:]", "a bracket is not closed")]
    [InlineData("(?:[a)]", "a parenthesis is not closed")]
    [InlineData("a)(b", "a parenthesis is closed that is not open")]
    [InlineData("[b-a]", "a range ends before it begins")]
    [InlineData("[[:nope:]]", "the class [:nope:] is not supported")]
    [InlineData("[😀]", "a character beyond U+FFFF is not supported in brackets")]
    [InlineData(@"[^\W]", @"the escape \W is not supported in brackets")]
    [InlineData(@"[\b]", @"the escape \b is not supported in brackets")]
    [InlineData(@"[\pL]", @"the escape \p is not supported in brackets")]
    [InlineData(@"[a-\d]", "a range without an end is not supported in brackets")]
    [InlineData("*", "there is nothing to repeat")]
    [InlineData("a|*", "there is nothing to repeat")]
    [InlineData("a**", "there is nothing to repeat")]
    [InlineData("a++", "there is nothing to repeat")]
    [InlineData("(?i)*", "there is nothing to repeat")]
    [InlineData("a{1001}", "a number of repetitions is over 1000, or smaller than the one before it")]
    [InlineData("a{99999999999}", "a number of repetitions is over 1000, or smaller than the one before it")]
    [InlineData("a{2,1}", "a number of repetitions is over 1000, or smaller than the one before it")]
    [InlineData(@"a\", "a backslash stands at its end")]
    [InlineData(@"\q", @"the escape \q is not supported")]
    [InlineData(@"\1", @"the escape \1 is not supported")]
    [InlineData(@"\Z", @"the escape \Z is not supported")]
    [InlineData(@"a\b-", @"the escape \b is not supported")]
    [InlineData(@"a\Bb", @"the escape \B is not supported")]
    [InlineData(@"\Qa.b\E", @"the escape \Q is not supported")]
    [InlineData(@"\pL", @"the escape \p is not supported")]
    [InlineData(@"\PN", @"the escape \P is not supported")]
    [InlineData(@"\0", @"the escape \0 is not supported")]
    [InlineData(@"\101", @"the escape \1 is not supported")]
    [InlineData(@"\é", @"the escape \é is not supported")]
    [InlineData(@"\x4", @"two hexadecimal digits are missing after \x")]
    [InlineData(@"\x{e9}", @"two hexadecimal digits are missing after \x")]
    [InlineData("(?m)^a$", "(?m is not supported")]
    [InlineData("(?-s:a.c)", "(?- is not supported")]
    [InlineData("(?U)a*", "(?U is not supported")]
    [InlineData("a*??", "there is nothing to repeat")]
    [InlineData("a{2}{3}", "there is nothing to repeat")]
    [InlineData("(*)", "there is nothing to repeat")]
    [InlineData("(?s)*", "there is nothing to repeat")]
    [InlineData("(?=a)", "(?= is not supported")]
    [InlineData("(?<!a)b", "(?< is not supported")]
    [InlineData("(?>a)", "(?> is not supported")]
    [InlineData("(?#a)", "(?# is not supported")]
    [InlineData("(?x)a", "(?x is not supported")]
    [InlineData("((a{100}){100}){100}", "it is too large")]
    [InlineData("(a{1000}b{1000}c{1000}){2}", "it is too large")]
    [InlineData("([^a]{1000}){4}[^b]{900}", "it is too large")] // by .NET's own measure
    public void TryCreate_Wrong_SaysWhy(string pattern, string error)
    {
        Assert.False(GoRegex.TryCreate(pattern, out _, out string? actual));
        Assert.Equal(error, actual);
    }

    [Fact]
    public void TryCreate_NestedDeeply_IsAnError()
    {
        Assert.True(GoRegex.TryCreate(new string('(', 100) + new string(')', 100), out _, out _));
        Assert.False(GoRegex.TryCreate(new string('(', 5000) + new string(')', 5000), out _, out string? error));
        Assert.Equal("it is nested too deeply", error);
    }

    [Theory]
    [InlineData("(a*)*b")]
    [InlineData("(a|a)*b")]
    [InlineData("(a|aa)+b")]
    [InlineData(".*.*.*.*.*b")]
    [InlineData("(.*a){12}b")]
    public void IsMatch_ThatWouldBacktrack_TakesTimeOfTheLength(string pattern)
    {
        Assert.True(GoRegex.TryCreate(pattern, out Regex? regex, out _));
        Assert.True(regex.Options.HasFlag(RegexOptions.NonBacktracking));
        string value = new('a', 10_000);
        long start = Stopwatch.GetTimestamp();

        Assert.DoesNotMatch(regex, value);

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void TryCreate_CountWithoutALeast_IsText()
    {
        Assert.True(GoRegex.TryCreate("a{,2}", out Regex? regex, out _));
        Assert.Matches(regex, "a{,2}");
        Assert.DoesNotMatch(regex, "aa");
    }

    private static void AssertMatches(string pattern, string matching, string others)
    {
        Assert.True(GoRegex.TryCreate(pattern, out Regex? regex, out string? error), error);
        Assert.All(matching.Split(','), text => Assert.True(regex.IsMatch(text), $"{pattern} should match {text}"));
        Assert.All(others.Split(','), text => Assert.False(regex.IsMatch(text), $"{pattern} should not match {text}"));
    }
}
