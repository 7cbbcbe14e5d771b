using System.Text;
using PushGateway.Core.Persistence.Disk;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Disk;

public class Crc32CTests
{
    // RFC 3720, B.4, and the check value of the CRC catalogues.
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("31 32 33 34 35 36 37 38 39", 0xE3069283u)]
    [InlineData("00*32", 0x8A9136AAu)]
    [InlineData("FF*32", 0x62A8AB43u)]
    [InlineData("up", 0x46DD794Eu)]
    [InlineData("down", 0x113FDB5Cu)]
    public void Of_KnownBytes_GivesTheKnownChecksum(string bytes, uint expected) =>
        Assert.Equal(expected, Crc32C.Of(Parse(bytes)));

    [Fact]
    public void Append_AtAnySplit_GivesTheChecksumOfTheWhole()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("The quick brown fox jumps over the lazy dog");

        for (int split = 0; split <= bytes.Length; split++)
        {
            Assert.Equal(0x22620404u, Crc32C.Append(Crc32C.Of(bytes.AsSpan(0, split)), bytes.AsSpan(split)));
        }
    }

    private static byte[] Parse(string bytes) => bytes switch
    {
        "" => [],
        "00*32" => new byte[32],
        "FF*32" => [.. Enumerable.Repeat((byte)0xFF, 32)],
        "up" => [.. Enumerable.Range(0, 32).Select(value => (byte)value)],
        "down" => [.. Enumerable.Range(0, 32).Select(value => (byte)(31 - value))],
        _ => Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)),
    };
}
