using PushGateway.CommandLine;
using Xunit;

namespace PushGateway.Tests.CommandLine;

public sealed class KeyCountTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("10000000", 10_000_000)]
    public void TryParse_ANumber_IsIt(string text, int count)
    {
        Assert.True(KeyCount.TryParse(text, out KeyCount keys, out _));

        Assert.Equal((count, text), (keys.Count, keys.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("10000001")]
    public void TryParse_AnythingElse_SaysWhatItMustBe(string text)
    {
        Assert.False(KeyCount.TryParse(text, out _, out string? error));

        Assert.Equal($"invalid number \"{text}\": must be from 0, which is none, to 10000000", error);
    }
}
