using PushGateway.Http.Push;
using Xunit;

namespace PushGateway.Tests.Http.Push;

public sealed class LargePushLimiterTests
{
    private readonly LargePushLimiter _limiter = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AcquireAsync_AsManyLargePushesAsProcessors_OnlySmallOnesGoOn()
    {
        var leases = new Stack<IDisposable?>();
        for (int i = 0; i < Environment.ProcessorCount; i++)
        {
            ValueTask<IDisposable?> lease = _limiter.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation);
            Assert.True(lease.IsCompleted);
            leases.Push(await lease);
        }
        Task<IDisposable?> waiting = _limiter.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation).AsTask();

        using (await _limiter.AcquireAsync(LargePushLimiter.LargeBytes - 1, _cancellation))
        {
            Assert.False(waiting.IsCompleted);
        }
        Assert.False(waiting.IsCompleted);
        leases.Pop()!.Dispose();

        (await waiting)!.Dispose();
    }

    [Fact]
    public async Task AcquireAsync_ClientThatHangsUp_LeavesTheQueue()
    {
        for (int i = 0; i < Environment.ProcessorCount - 1; i++)
        {
            await _limiter.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation);
        }
        using var hangsUp = new CancellationTokenSource();
        IDisposable? last = await _limiter.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation);
        Task<IDisposable?> gone = _limiter.AcquireAsync(LargePushLimiter.LargeBytes, hangsUp.Token).AsTask();
        Task<IDisposable?> next = _limiter.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation).AsTask();

        // A lease released before the cancelled request has left the queue may still go to that request.
        await hangsUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        last!.Dispose();

        (await next)!.Dispose();
    }

    [Theory]
    [InlineData(32, LargePushLimiter.LargeBytes, 32)]
    [InlineData(32, 1 << 20, 8)]
    [InlineData(32, LargePushLimiter.AloneBytes, 1)]
    [InlineData(32, int.MaxValue, 1)]
    [InlineData(1, LargePushLimiter.LargeBytes, 1)]
    [InlineData(1000, LargePushLimiter.LargeBytes, 128)]
    public async Task AcquireAsync_ManyProcessors_LeasesByBytes(int processors, int bytes, int expected)
    {
        var limiter = new LargePushLimiter(processors);
        int leases = 0;
        while (limiter.AcquireAsync(bytes, _cancellation).AsTask() is { IsCompleted: true } lease)
        {
            Assert.NotNull(await lease);
            leases++;
        }

        Assert.Equal(expected, leases);
    }

    [Fact]
    public async Task AcquireAsync_ThousandsOfLargeBodies_AllWait()
    {
        IDisposable? first = await _limiter.AcquireAsync(int.MaxValue, _cancellation);
        Task<IDisposable?>[] waiting =
            [.. Enumerable.Range(0, 5_000).Select(_ => _limiter.AcquireAsync(int.MaxValue, _cancellation).AsTask())];
        first!.Dispose();

        foreach (Task<IDisposable?> lease in waiting)
        {
            (await lease)!.Dispose();
        }
    }

    /// <summary>Two that hold a part and wait for the rest would wait forever.</summary>
    [Fact]
    public async Task CoverDecodingAsync_BodiesThatGrow_DoNotWaitForEachOther()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var lease = new LargePushLease(_limiter, _cancellation);
            await lease.CoverDecodingAsync(LargePushLimiter.LargeBytes);
            await Task.Yield();
            await lease.CoverDecodingAsync(2 << 20);
            await lease.CoverAsync(64 << 20);
        }));
    }
}
