using System.IO.Hashing;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Store.Output.Gzip;
using Xunit;

namespace PushGateway.Core.Tests.Store.Output.Gzip;

public class Crc32SequenceTests
{
    [Fact]
    public void Append_AnyTwoTexts_IsTheCrcOfBothInARow() =>
        Prop.ForAll<byte[], byte[]>((first, second) =>
            Crc32Sequence.Append(Crc32.HashToUInt32(first), Crc32.HashToUInt32(second), second.Length)
                == Crc32.HashToUInt32([.. first, .. second])).Check(PropertyTests.Settings.WithMaxTest(300));

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(65_536)]
    [InlineData(10_000_001)]
    public void Append_LongText_IsTheCrcOfBothInARow(int length)
    {
        byte[] second = new byte[length];
        second[^1] = 7;

        Assert.Equal(
            Crc32.HashToUInt32([1, 2, 3, .. second]),
            Crc32Sequence.Append(Crc32.HashToUInt32([1, 2, 3]), Crc32.HashToUInt32(second), length));
    }
}
