using PushGateway.Http.Push;
using Xunit;

namespace PushGateway.Tests.Http.Push;

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
    public async Task TryReadAllAsync_AnyLength_HoldsTheStream(int length)
    {
        byte[] bytes = Bytes(length);
        using var buffer = new BodyBuffer();

        Assert.True(await buffer.TryReadAllAsync(new MemoryStream(bytes), timeout: null, TestContext.Current.CancellationToken));

        Assert.Equal(bytes, buffer.Join().ToArray());
    }

    [Fact]
    public async Task TryReadAllAsync_StreamThatGivesAByteAtATime_HoldsTheStream()
    {
        byte[] bytes = Bytes(10_000);
        using var buffer = new BodyBuffer();

        Assert.True(await buffer.TryReadAllAsync(new TricklingStream(bytes, step: 1), timeout: null, TestContext.Current.CancellationToken));

        Assert.Equal(bytes, buffer.Join().ToArray());
    }

    [Fact]
    public void TryAppend_ManyPieces_KeepsThemInOrder()
    {
        byte[] bytes = Bytes(200_000);
        using var buffer = new BodyBuffer();

        for (int start = 0, step = 1; start < bytes.Length; start += step, step = step * 2 + 1)
        {
            Assert.True(buffer.TryAppend(bytes.AsSpan(start, Math.Min(step, bytes.Length - start))));
        }

        Assert.Equal(bytes, buffer.Join().ToArray());
    }

    [Fact]
    public void Truncate_ThenTryAppend_GoesOnFromThere()
    {
        using var buffer = new BodyBuffer();
        Assert.True(buffer.TryAppend("keep, drop"u8));

        buffer.Truncate("keep".Length);
        Assert.True(buffer.TryAppend("!"u8));

        Assert.Equal("keep!"u8, buffer.Join().Span);
    }

    [Fact]
    public void TryAppend_TwoBuffersAtOnce_DoNotShareMemory()
    {
        using var first = new BodyBuffer();
        using var second = new BodyBuffer();
        Assert.True(first.TryAppend("first"u8));
        Assert.True(second.TryAppend("second"u8));

        Assert.Equal("first"u8, first.Join().Span);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(9_999, 9_999)]
    [InlineData(10_000, 9_999)]
    [InlineData(100_000, 9_999)]
    public async Task TryReadAllAsync_WithALimit_TakesNoMore(int length, int limit)
    {
        using var whole = new BodyBuffer(limit);
        using var trickling = new BodyBuffer(limit);
        using var appended = new BodyBuffer(limit);
        byte[] bytes = Bytes(length);
        bool fits = length <= limit;

        Assert.Equal(fits, await whole.TryReadAllAsync(new MemoryStream(bytes), timeout: null, TestContext.Current.CancellationToken));
        Assert.Equal(fits, await trickling.TryReadAllAsync(
            new TricklingStream(bytes, step: 7), timeout: null, TestContext.Current.CancellationToken));
        Assert.Equal(fits, appended.TryAppend(bytes));
        Assert.InRange(whole.Join().Length, fits ? length : 0, limit);
        Assert.InRange(trickling.Join().Length, fits ? length : 0, limit);
    }

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
