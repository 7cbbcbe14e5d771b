using PushGateway.CommandLine;
using Xunit;

namespace PushGateway.Tests.CommandLine;

public sealed class OriginPatternTests
{
    [Theory]
    [InlineData("", "", false)]
    [InlineData("", "https://a.example", false)]
    [InlineData(".*", "https://a.example", true)]
    [InlineData("a|b", "ab", false)]
    [InlineData("a|b", "b", true)]
    [InlineData(@"https?://([a-z]+\.)?example\.com", "http://www.example.com", true)]
    [InlineData(@"https?://([a-z]+\.)?example\.com", "http://www.example.com\n", false)]
    [InlineData(@"https?://([a-z]+\.)?example\.com", "http://example.com.evil", false)]
    public void Matches_AnOrigin_IsOfTheWholeText(string pattern, string origin, bool expected)
    {
        Assert.True(OriginPattern.TryParse(pattern, out OriginPattern parsed, out string? error), error);

        Assert.Equal(expected, parsed.Matches(origin));
        Assert.Equal(pattern, parsed.ToString());
        Assert.Equal(pattern.Length == 0, parsed.IsNone);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("*")]
    public void TryParse_NotARegularExpression_SaysSo(string pattern)
    {
        Assert.False(OriginPattern.TryParse(pattern, out OriginPattern parsed, out string? error));

        Assert.True(parsed.IsNone);
        Assert.StartsWith($"invalid regular expression \"{pattern}\": ", error, StringComparison.Ordinal);
    }
}
