using PushGateway.Http;
using Xunit;

namespace PushGateway.Tests.Http;

public sealed class LargePushesTests
{
    private readonly LargePushes _pushes = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task TakeTurnAsync_AsManyLargeOnesAsProcessors_OnlySmallOnesGoOn()
    {
        var turns = new Stack<LargePushes.Turn>();
        for (int i = 0; i < Environment.ProcessorCount; i++)
        {
            ValueTask<LargePushes.Turn> turn = _pushes.TakeTurnAsync(LargePushes.LargeBytes, _cancellation);
            Assert.True(turn.IsCompleted);
            turns.Push(await turn);
        }
        Task<LargePushes.Turn> waiting = _pushes.TakeTurnAsync(LargePushes.LargeBytes, _cancellation).AsTask();

        using (await _pushes.TakeTurnAsync(LargePushes.LargeBytes - 1, _cancellation))
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
            await _pushes.TakeTurnAsync(LargePushes.LargeBytes, _cancellation);
        }
        using var hangsUp = new CancellationTokenSource();
        LargePushes.Turn last = await _pushes.TakeTurnAsync(LargePushes.LargeBytes, _cancellation);
        Task<LargePushes.Turn> gone = _pushes.TakeTurnAsync(LargePushes.LargeBytes, hangsUp.Token).AsTask();
        Task<LargePushes.Turn> next = _pushes.TakeTurnAsync(LargePushes.LargeBytes, _cancellation).AsTask();

        await hangsUp.CancelAsync();
        last.Dispose();

        (await next).Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
    }
}
