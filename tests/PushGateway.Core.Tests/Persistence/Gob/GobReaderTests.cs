using PushGateway.Core.Persistence.Gob;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Gob;

public class GobReaderTests
{
    private const string What = "a number";

    [Theory]
    [InlineData("00", 0)]
    [InlineData("07", 7)]
    [InlineData("7F", 127)]
    [InlineData("FF80", 128)]
    [InlineData("FFFF", 255)]
    [InlineData("FE0100", 256)]
    [InlineData("FC01000000", 1 << 24)]
    [InlineData("F8FFFFFFFFFFFFFFFF", ulong.MaxValue)]
    [InlineData("F80000000000000005", 5)] // Go reads leading zeros, and never writes them
    [InlineData("FF00", 0)]
    public void ReadUInt_Number_IsItsValue(string hex, ulong expected) =>
        Assert.Equal(expected, Reader(hex).ReadUInt(What));

    [Theory]
    [InlineData("00", 0)]
    [InlineData("01", -1)]
    [InlineData("02", 1)]
    [InlineData("2C", 22)]
    [InlineData("FF81", -65)]
    [InlineData("FE0101", -129)]
    [InlineData("F8FFFFFFFFFFFFFFFE", long.MaxValue)]
    [InlineData("F8FFFFFFFFFFFFFFFF", long.MinValue)]
    public void ReadInt_Number_IsItsValue(string hex, long expected) =>
        Assert.Equal(expected, Reader(hex).ReadInt(What));

    [Theory]
    [InlineData("", "byte 0: a number expected, but the file ends")]
    [InlineData("FF", "byte 1: a number expected, but the file ends")]
    [InlineData("F80102", "byte 3: a number expected, but the file ends")]
    [InlineData("F7", "byte 1: a number expected, not a number of 9 bytes")]
    [InlineData("80", "byte 1: a number expected, not a number of 128 bytes")]
    public void ReadUInt_NoNumber_SaysWhereAndWhat(string hex, string message) =>
        Assert.Equal(message, Assert.Throws<GobFormatException>(() => Reader(hex).ReadUInt(What)).Message);

    [Fact]
    public void TryReadField_Struct_GivesTheNumbersOfFieldsThatAreThere()
    {
        GobReader reader = Reader("01" + "2C" + "03" + "42" + "00");
        int field = -1;

        Assert.True(reader.TryReadField(ref field));
        Assert.Equal(0, field);
        Assert.Equal(22, reader.ReadInt(What));
        Assert.True(reader.TryReadField(ref field));
        Assert.Equal(3, field);
        Assert.Equal(33, reader.ReadInt(What));
        Assert.False(reader.TryReadField(ref field));
        Assert.Equal(5, reader.Offset);
    }

    [Fact]
    public void ReadBytes_String_IsItsBytes()
    {
        GobReader reader = Reader("03" + "666F6F" + "00" + "2A");

        Assert.Equal("foo"u8, reader.ReadBytes(3, What));
        Assert.Empty(reader.ReadBytes(0, What));
        Assert.Equal(42u, reader.ReadUInt(What));
    }

    [Fact]
    public void ReadBytes_LongerThanAllowed_IsRefused() => Assert.Equal(
        "byte 1: a name expected, not one of 3 bytes",
        Assert.Throws<GobFormatException>(() => Reader("03666F6F").ReadBytes(2, "a name")).Message);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData((1 << 20) + 1)]
    [InlineData(5_000_000)]
    public void ReadBytes_AnyLength_CrossesBuffers(int length)
    {
        byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31 >> 3))];
        byte[] file = [.. GobBuilder.Blob(bytes), .. GobBuilder.Blob(bytes), 7];
        var reader = new GobReader(new MemoryStream(file));

        Assert.Equal(bytes, reader.ReadBytes(int.MaxValue, What));
        reader.SkipBytes(What);
        Assert.Equal(7u, reader.ReadUInt(What));
        Assert.Equal(file.Length, reader.Offset);
    }

    [Theory]
    [InlineData("FC20000000")]
    [InlineData("FC7FFFFFC7")]
    [InlineData("FC7FFFFFFF")]
    [InlineData("FB7FFFFFFFFF")]
    [InlineData("F8FFFFFFFFFFFFFFFF")]
    public void ReadBytes_ClaimOfManyBytes_TakesNoMemoryForThem(string length)
    {
        GobReader reader = Reader(length + "616263");
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<GobFormatException>(() => reader.ReadBytes(Array.MaxLength, What));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    [Fact]
    public void EnterMessage_Message_BoundsWhatIsRead()
    {
        GobReader reader = Reader("02" + "0102" + "01" + "03");

        reader.EnterMessage();
        Assert.Equal(1u, reader.ReadUInt(What));
        Assert.Equal("byte 2: the end of the message expected, which claims 1 bytes more", Fails(reader.LeaveMessage));
        Assert.Equal(2u, reader.ReadUInt(What));
        Assert.Equal("byte 3: a number expected, but the message ends", Fails(() => reader.ReadUInt(What)));
        reader.LeaveMessage();
        reader.EnterMessage();
        Assert.Equal(3u, reader.ReadUInt(What));
        reader.LeaveMessage();
        Assert.Equal("byte 5: the length of a message expected, but the file ends", Fails(reader.EnterMessage));
    }

    [Fact]
    public void ReadBytes_BeyondTheMessage_SaysWhatIsLeft()
    {
        GobReader reader = Reader("02" + "05" + "61" + "6263646566");

        reader.EnterMessage();

        Assert.Equal(
            "byte 2: a name expected, not 5 bytes where the message has 1 left",
            Fails(() => reader.SkipBytes("a name")));
    }

    [Fact]
    public void Reads_StreamThatTrickles_AreTheSame()
    {
        using var stream = new TricklingStream(Convert.FromHexString("FE0100" + "03666F6F"));
        var reader = new GobReader(stream);

        Assert.Equal(256u, reader.ReadUInt(What));
        Assert.Equal("foo"u8, reader.ReadBytes(3, What));
    }

    private static GobReader Reader(string hex) => new(new MemoryStream(Convert.FromHexString(hex)));

    private static string Fails(Action read) => Assert.Throws<GobFormatException>(read).Message;

    /// <summary>Returns single bytes.</summary>
    private sealed class TricklingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1)]);
    }
}
