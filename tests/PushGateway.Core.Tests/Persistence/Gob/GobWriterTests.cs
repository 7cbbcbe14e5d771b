using PushGateway.Core.Persistence.Gob;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Gob;

public class GobWriterTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "FF80")]
    [InlineData(255, "FFFF")]
    [InlineData(256, "FE0100")]
    [InlineData(1 << 24, "FC01000000")]
    [InlineData(ulong.MaxValue, "F8FFFFFFFFFFFFFFFF")]
    public void WriteUInt_Number_IsAsShortAsGos(ulong value, string expected) =>
        Assert.Equal(expected, Written(writer => writer.WriteUInt(value)));

    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(22, "2C")]
    [InlineData(-65, "FF81")]
    [InlineData(-129, "FE0101")]
    [InlineData(long.MaxValue, "F8FFFFFFFFFFFFFFFE")]
    [InlineData(long.MinValue, "F8FFFFFFFFFFFFFFFF")]
    public void WriteInt_Number_IsAsShortAsGos(long value, string expected) =>
        Assert.Equal(expected, Written(writer => writer.WriteInt(value)));

    [Fact]
    public void WriteBytes_Strings_ComeAfterTheirLengths() => Assert.Equal("00" + "03666F6F", Written(writer =>
    {
        writer.WriteBytes([]);
        writer.WriteBytes("foo"u8);
    }));

    [Theory]
    [InlineData(60_000)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(300_000)]
    public void WriteBytes_ManyBytes_ArriveInOrder(int length)
    {
        byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31 >> 3))];
        byte[] expected = [5, .. GobBuilder.Blob(bytes), .. GobBuilder.Blob(bytes), 6];

        Assert.Equal(Convert.ToHexString(expected), Written(writer =>
        {
            writer.WriteUInt(5);
            writer.WriteBytes(bytes);
            writer.WriteBytes(bytes);
            writer.WriteUInt(6);
            Assert.Equal(expected.Length, writer.Written);
        }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public void Patch_Number_IsFilledInWhereRoomWasKept(int bytesAfter)
    {
        using var stream = new MemoryStream();
        stream.Write("before"u8);
        var writer = new GobWriter(stream);
        byte[] rest = new byte[bytesAfter];

        writer.WriteUInt(1);
        long place = writer.ReserveUInt();
        writer.WriteRaw(rest);
        writer.Patch(place, 0x1234);
        writer.WriteUInt(2);
        writer.Flush();

        byte[] expected = [.. "before"u8, 1, 0xF8, 0, 0, 0, 0, 0, 0, 0x12, 0x34, .. rest, 2];
        Assert.Equal(expected, stream.ToArray());
    }

    private static string Written(Action<GobWriter> write)
    {
        using var stream = new MemoryStream();
        var writer = new GobWriter(stream);
        write(writer);
        writer.Flush();
        return Convert.ToHexString(stream.ToArray());
    }
}
