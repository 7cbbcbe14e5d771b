using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>Time limits for a busy machine, and polling with a limit.</summary>
internal static class Deadline
{
    public static TimeSpan Start { get; } = TimeSpan.FromSeconds(60);

    public static TimeSpan Tool { get; } = TimeSpan.FromSeconds(120);

    /// <summary>Half of what Kubernetes allows before it kills.</summary>
    public static TimeSpan Stop { get; } = TimeSpan.FromSeconds(15);

    public static TimeSpan Change { get; } = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Cancels when the test is cancelled, or after <paramref name="limit"/>.</summary>
    public static CancellationTokenSource Of(TimeSpan limit)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        source.CancelAfter(limit);
        return source;
    }

    /// <summary>
    /// Polls until the condition holds. A failure includes <paramref name="state"/>.
    /// </summary>
    public static async Task UntilAsync(
        TimeSpan limit, string what, Func<CancellationToken, Task<bool>> isSo, Func<string>? state = null)
    {
        using CancellationTokenSource deadline = Of(limit);
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (!await isSo(deadline.Token))
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            Assert.Fail($"not within {limit.TotalSeconds} s: {what}\n{state?.Invoke()}");
        }
    }
}
