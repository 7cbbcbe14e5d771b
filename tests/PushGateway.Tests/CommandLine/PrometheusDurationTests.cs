using PushGateway.CommandLine;
using Xunit;

namespace PushGateway.Tests.CommandLine;

public class PrometheusDurationTests
{
    [Theory]
    [InlineData("0", 0, "0s")]
    [InlineData("0s", 0, "0s")]
    [InlineData("1ms", 1, "1ms")]
    [InlineData("15m", 15 * 60_000, "15m")]
    [InlineData("1d12h", 36 * 3_600_000, "1d12h")]
    [InlineData("1w", 7 * 24 * 3_600_000, "7d")]
    [InlineData("1y2w3d4h5m6s7ms", 33_019_506_007, "382d4h5m6s7ms")]
    // As Go writes them.
    [InlineData("1.5h", 5_400_000, "1h30m")]
    [InlineData("1h30m0s", 5_400_000, "1h30m")]
    [InlineData("30m1h", 5_400_000, "1h30m")]
    [InlineData("1us", 0, "0s")]
    public void TryParse_Duration_IsReadAndWritten(string text, long milliseconds, string written)
    {
        Assert.True(PrometheusDuration.TryParse(text, out PrometheusDuration duration, out _));

        Assert.Equal(milliseconds, duration.Value.TotalMilliseconds);
        Assert.Equal(written, duration.ToString());
        Assert.True(PrometheusDuration.TryParse(written, out PrometheusDuration again, out _));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 1m")]
    [InlineData("1m\n")]
    [InlineData("1")]
    [InlineData("-1m")]
    [InlineData("12h1d")]
    [InlineData("1M")]
    [InlineData("never")]
    // Longer than .NET's 29,000 years.
    [InlineData("30000y")]
    [InlineData("999999999999999y")]
    [InlineData("9999999999999999s")]
    public void TryParse_Other_IsAnError(string text)
    {
        Assert.False(PrometheusDuration.TryParse(text, out _, out string? error));

        Assert.StartsWith("not a duration such as 15m, 1d12h or 0: \"", error, StringComparison.Ordinal);
    }
}
