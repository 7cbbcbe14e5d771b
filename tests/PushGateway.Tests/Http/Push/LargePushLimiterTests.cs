using PushGateway.Http.Push;
using Xunit;

namespace PushGateway.Tests.Http.Push;

public sealed class LargePushLimiterTests
{
    private readonly LargePushLimiter _pushes = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AcquireAsync_AsManyLargeOnesAsProcessors_OnlySmallOnesGoOn()
    {
        var leases = new Stack<IDisposable?>();
        for (int i = 0; i < Environment.ProcessorCount; i++)
        {
            ValueTask<IDisposable?> lease = _pushes.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation);
            Assert.True(lease.IsCompleted);
            leases.Push(await lease);
        }
        Task<IDisposable?> waiting = _pushes.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation).AsTask();

        using (await _pushes.AcquireAsync(LargePushLimiter.LargeBytes - 1, _cancellation))
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
            await _pushes.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation);
        }
        using var hangsUp = new CancellationTokenSource();
        IDisposable? last = await _pushes.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation);
        Task<IDisposable?> gone = _pushes.AcquireAsync(LargePushLimiter.LargeBytes, hangsUp.Token).AsTask();
        Task<IDisposable?> next = _pushes.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation).AsTask();

        await hangsUp.CancelAsync();
        last!.Dispose();

        (await next)!.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
    }
}
