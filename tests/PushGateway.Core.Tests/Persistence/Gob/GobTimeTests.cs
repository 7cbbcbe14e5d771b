using PushGateway.Core.Persistence.Gob;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Gob;

public class GobTimeTests
{
    [Theory]
    [InlineData("01" + "0000000EE2936032" + "32AEFC3E" + "0000", 1795254578_850328638)] // of Go 1.11.2
    [InlineData("01" + "0000000EE2936032" + "32AEFC3E" + "FFFF", 1795254578_850328638)] // UTC
    [InlineData("01" + "0000000EE2936032" + "32AEFC3E" + "FE20", 1795254578_850328638)] // eight hours to the west
    [InlineData("02" + "0000000EE2936032" + "32AEFC3E" + "0014" + "1C", 1795254578_850328638)] // a zone with seconds
    [InlineData("01" + "0000000E7791F700" + "00000000" + "FFFF", 0)]
    [InlineData("01" + "0000000E7791F700" + "00000001" + "FFFF", 1)]
    [InlineData("01" + "0000000E7791F6FF" + "3B9AC9FF" + "FFFF", 0)] // a nanosecond before 1970
    [InlineData("01" + "0000000000000000" + "00000000" + "FFFF", 0)] // Go's zero time
    [InlineData("01" + "000000109D537404" + "32F2D7FF" + "FFFF", 9223372036_854775807)]
    [InlineData("01" + "000000109D537404" + "32F2D800" + "FFFF", long.MaxValue)]
    [InlineData("01" + "7FFFFFFFFFFFFFFF" + "7FFFFFFF" + "FFFF", long.MaxValue)]
    [InlineData("01" + "8000000000000000" + "80000000" + "FFFF", 0)]
    public void TryRead_Time_IsNanosecondsSince1970(string hex, long expected)
    {
        Assert.True(GobTime.TryRead(Convert.FromHexString(hex), out long nanoseconds));
        Assert.Equal(expected, nanoseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01" + "0000000E7791F700" + "00000000" + "FF")]
    [InlineData("01" + "0000000E7791F700" + "00000000" + "FFFF" + "00")]
    [InlineData("02" + "0000000E7791F700" + "00000000" + "FFFF")]
    [InlineData("00" + "0000000E7791F700" + "00000000" + "FFFF")]
    [InlineData("03" + "0000000E7791F700" + "00000000" + "FFFF")]
    public void TryRead_UnknownForm_IsFalse(string hex) =>
        Assert.False(GobTime.TryRead(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData(1795254578_850328638, "01" + "0000000EE2936032" + "32AEFC3E" + "FFFF")]
    [InlineData(0, "01" + "0000000E7791F700" + "00000000" + "FFFF")]
    [InlineData(-1, "01" + "0000000E7791F700" + "00000000" + "FFFF")]
    [InlineData(long.MaxValue, "01" + "000000109D537404" + "32F2D7FF" + "FFFF")]
    public void Write_Time_IsInUtc(long nanoseconds, string expected)
    {
        byte[] bytes = new byte[GobTime.Bytes];

        GobTime.Write(bytes, nanoseconds);

        Assert.Equal(expected, Convert.ToHexString(bytes));
    }
}
