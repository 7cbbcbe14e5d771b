using PushGateway.Http.Push;
using Xunit;

namespace PushGateway.Tests.Http.Push;

public sealed class LargePushLimiterTests
{
    private readonly LargePushLimiter _pushes = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task TakeTurnAsync_AsManyLargeOnesAsProcessors_OnlySmallOnesGoOn()
    {
        var turns = new Stack<LargePushLimiter.Lease>();
        for (int i = 0; i < Environment.ProcessorCount; i++)
        {
            ValueTask<LargePushLimiter.Lease> turn = _pushes.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation);
            Assert.True(turn.IsCompleted);
            turns.Push(await turn);
        }
        Task<LargePushLimiter.Lease> waiting = _pushes.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation).AsTask();

        using (await _pushes.AcquireAsync(LargePushLimiter.LargeBytes - 1, _cancellation))
        {
            Assert.False(waiting.IsCompleted);
        }
        Assert.False(waiting.IsCompleted);
        turns.Pop().Dispose();

        (await waiting).Dispose();
    }

    [Fact]
    public async Task TakeTurnAsync_ClientThatHangsUp_LeavesTheLine()
    {
        for (int i = 0; i < Environment.ProcessorCount - 1; i++)
        {
            await _pushes.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation);
        }
        using var hangsUp = new CancellationTokenSource();
        LargePushLimiter.Lease last = await _pushes.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation);
        Task<LargePushLimiter.Lease> gone = _pushes.AcquireAsync(LargePushLimiter.LargeBytes, hangsUp.Token).AsTask();
        Task<LargePushLimiter.Lease> next = _pushes.AcquireAsync(LargePushLimiter.LargeBytes, _cancellation).AsTask();

        await hangsUp.CancelAsync();
        last.Dispose();

        (await next).Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
    }
}
