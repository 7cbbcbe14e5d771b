using System.IO.Hashing;
using System.Text;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Disk;

/// <summary>The checksum of the persistence files and of snappy frames is CRC-32C.</summary>
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
        Assert.Equal(expected, Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, Parse(bytes)));

    [Fact]
    public void Append_AtAnySplit_GivesTheChecksumOfTheWhole()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("The quick brown fox jumps over the lazy dog");

        for (int split = 0; split <= bytes.Length; split++)
        {
            var crc = new Crc32(Crc32ParameterSet.Crc32C);
            crc.Append(bytes.AsSpan(0, split));
            crc.Append(bytes.AsSpan(split));
            Assert.Equal(0x22620404u, crc.GetCurrentHashAsUInt32());
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
