using PushGateway.Http;
using Xunit;

namespace PushGateway.Tests.Http;

public sealed class BodyBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4 * 1024 - 1)] // around what it begins with
    [InlineData(4 * 1024)]
    [InlineData(4 * 1024 + 1)]
    [InlineData((1 << 20) + 1)] // beyond what is pooled
    [InlineData(3 << 20)]
    public async Task ReadAllAsync_AnyLength_HoldsTheStream(int length)
    {
        byte[] bytes = Bytes(length);
        using var buffer = new BodyBuffer();

        await buffer.ReadAllAsync(new MemoryStream(bytes), TestContext.Current.CancellationToken);

        Assert.Equal(bytes, buffer.Written.ToArray());
    }

    [Fact]
    public async Task ReadAllAsync_StreamThatGivesAByteAtATime_HoldsTheStream()
    {
        byte[] bytes = Bytes(10_000);
        using var buffer = new BodyBuffer();

        await buffer.ReadAllAsync(new TricklingStream(bytes, step: 1), TestContext.Current.CancellationToken);

        Assert.Equal(bytes, buffer.Written.ToArray());
    }

    [Fact]
    public void Append_ManyPieces_KeepsThemInOrder()
    {
        byte[] bytes = Bytes(200_000);
        using var buffer = new BodyBuffer();

        for (int start = 0, step = 1; start < bytes.Length; start += step, step = step * 2 + 1)
        {
            buffer.Append(bytes.AsSpan(start, Math.Min(step, bytes.Length - start)));
        }

        Assert.Equal(bytes, buffer.Written.ToArray());
    }

    [Fact]
    public void Truncate_ThenAppend_GoesOnFromThere()
    {
        using var buffer = new BodyBuffer();
        buffer.Append("keep, drop"u8);

        buffer.Truncate("keep".Length);
        buffer.Append("!"u8);

        Assert.Equal("keep!"u8, buffer.Written.Span);
    }

    [Fact]
    public void Append_TwoBuffersAtOnce_DoNotShareMemory()
    {
        using var first = new BodyBuffer();
        using var second = new BodyBuffer();
        first.Append("first"u8);
        second.Append("second"u8);

        Assert.Equal("first"u8, first.Written.Span);
    }

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
