using PushGateway.CommandLine;
using Xunit;

namespace PushGateway.Tests.CommandLine;

public class GoDurationTests
{
    [Theory]
    // Units.
    [InlineData("1ns", 1)]
    [InlineData("1us", 1_000)]
    [InlineData("1\u00b5s", 1_000)]
    [InlineData("1\u03bcs", 1_000)]
    [InlineData("1ms", 1_000_000)]
    [InlineData("1s", 1_000_000_000)]
    [InlineData("1m", 60_000_000_000)]
    [InlineData("1h", 3_600_000_000_000)]
    // Several parts, in any order.
    [InlineData("1h30m5.5s", 5_405_500_000_000)]
    [InlineData("1h1h", 7_200_000_000_000)]
    // Zero needs no unit.
    [InlineData("0", 0)]
    [InlineData("+0", 0)]
    [InlineData("-0", 0)]
    [InlineData("0s", 0)]
    // Signs.
    [InlineData("+5m", 300_000_000_000)]
    [InlineData("-5m", -300_000_000_000)]
    // Fractions.
    [InlineData("1.s", 1_000_000_000)]
    [InlineData(".5s", 500_000_000)]
    [InlineData("1.1h", 3_960_000_000_000)]
    [InlineData("0.0000000001s", 0)]
    [InlineData("0.3333333333333333333h", 1_200_000_000_000)]
    [InlineData("0.100000000000000000000h", 360_000_000_000)]
    [InlineData("0.99999999999999999999s", 1_000_000_000)]
    // Limits.
    [InlineData("9223372036854775807ns", long.MaxValue)]
    [InlineData("-9223372036854775808ns", long.MinValue)]
    [InlineData("9223372036854.775807ms", long.MaxValue)]
    [InlineData("2562047h47m16.854775807s", long.MaxValue)]
    public void TryParse_Valid_GivesNanoseconds(string text, long nanoseconds)
    {
        Assert.True(GoDuration.TryParse(text, out GoDuration duration, out _));
        Assert.Equal(nanoseconds, duration.Nanoseconds);
    }

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("soon", "time: invalid duration \"soon\"")]
    [InlineData("+", "time: invalid duration \"+\"")]
    [InlineData("-", "time: invalid duration \"-\"")]
    [InlineData("--5s", "time: invalid duration \"--5s\"")]
    [InlineData(".", "time: invalid duration \".\"")]
    [InlineData("-.s", "time: invalid duration \"-.s\"")]
    [InlineData("1h-5m", "time: unknown unit \"h-\" in duration \"1h-5m\"")]
    [InlineData("5", "time: missing unit in duration \"5\"")]
    [InlineData("00", "time: missing unit in duration \"00\"")]
    [InlineData("1.", "time: missing unit in duration \"1.\"")]
    [InlineData("5y", "time: unknown unit \"y\" in duration \"5y\"")]
    [InlineData("1 s", "time: unknown unit \" s\" in duration \"1 s\"")]
    [InlineData("1e3s", "time: unknown unit \"e\" in duration \"1e3s\"")]
    [InlineData("1\t", "time: unknown unit \"\\x09\" in duration \"1\\x09\"")]
    [InlineData("1é", "time: unknown unit \"\\xc3\\xa9\" in duration \"1\\xc3\\xa9\"")]
    [InlineData("1\\", "time: unknown unit \"\\\\\" in duration \"1\\\\\"")]
    [InlineData("9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\"")]
    [InlineData("9223372036854775.808us", "time: invalid duration \"9223372036854775.808us\"")]
    [InlineData("2562048h", "time: invalid duration \"2562048h\"")]
    [InlineData("99999999999999999999h", "time: invalid duration \"99999999999999999999h\"")]
    [InlineData("-9223372036854775808ns1ns", "time: invalid duration \"-9223372036854775808ns1ns\"")]
    public void TryParse_Invalid_SaysWhyInGosWords(string text, string message)
    {
        Assert.False(GoDuration.TryParse(text, out _, out string? error));
        Assert.Equal(message, error);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "1ns")]
    [InlineData(1_500, "1.5µs")]
    [InlineData(250_000_000, "250ms")]
    [InlineData(1_500_000_000, "1.5s")]
    [InlineData(59_999_999_999, "59.999999999s")]
    [InlineData(60_000_000_000, "1m0s")]
    [InlineData(90_000_000_000, "1m30s")]
    [InlineData(300_000_000_000, "5m0s")]
    [InlineData(3_600_000_000_000, "1h0m0s")]
    [InlineData(5_405_500_000_000, "1h30m5.5s")]
    [InlineData(-3_600_000_000_001, "-1h0m0.000000001s")]
    [InlineData(long.MaxValue, "2562047h47m16.854775807s")]
    [InlineData(long.MinValue, "-2562047h47m16.854775808s")]
    public void ToString_Any_IsGosNotation(long nanoseconds, string text) =>
        Assert.Equal(text, new GoDuration(nanoseconds).ToString());

    [Fact]
    public void ToTimeSpan_FiveMinutes_IsFiveMinutes() =>
        Assert.Equal(TimeSpan.FromMinutes(5), GoDuration.FromMinutes(5).ToTimeSpan());
}
