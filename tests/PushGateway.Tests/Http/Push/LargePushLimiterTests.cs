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
}
