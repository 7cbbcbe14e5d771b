using System.Buffers;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Model;

public sealed class PooledBufferTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(777)]
    [InlineData(100_000)]
    public void Write_PieceAfterPiece_KeepsAllOfThem(int pieceBytes)
    {
        byte[] bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        using var buffer = new PooledBuffer();

        foreach (byte[] piece in bytes.Chunk(pieceBytes))
        {
            buffer.Write(piece);
        }

        Assert.Equal(bytes.Length, buffer.WrittenCount);
        Assert.True(buffer.WrittenSpan.SequenceEqual(bytes));
        Assert.True(buffer.WrittenMemory.Span.SequenceEqual(bytes));
    }

    [Fact]
    public void GetSpan_WithASizeHint_HasRoomForIt()
    {
        using var buffer = new PooledBuffer();
        buffer.Write("abc"u8);

        Assert.True(buffer.GetSpan(50_000_000).Length >= 50_000_000);
        Assert.True(buffer.WrittenSpan.SequenceEqual("abc"u8));
    }

    [Fact]
    public void Truncate_ThenWrite_GoesOnFromThere()
    {
        using var buffer = new PooledBuffer();
        buffer.Write("abcdef"u8);

        buffer.Truncate(2);
        buffer.Write("x"u8);

        Assert.True(buffer.WrittenSpan.SequenceEqual("abx"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(4));
    }

    [Fact]
    public void Advance_BeyondWhatThereIs_IsRefused()
    {
        using var buffer = new PooledBuffer();
        int room = buffer.GetSpan().Length;

        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(room + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.GetSpan(int.MaxValue));
    }

    [Fact]
    public void Dispose_Twice_GivesTheArrayBackOnce()
    {
        var buffer = new PooledBuffer();
        buffer.Write("abc"u8);

        buffer.Dispose();
        buffer.Dispose();

        Assert.Equal(0, buffer.WrittenCount);
        using var one = new PooledBuffer();
        using var other = new PooledBuffer();
        one.Write("one"u8);
        other.Write("other"u8);
        Assert.True(one.WrittenSpan.SequenceEqual("one"u8));
    }
}
