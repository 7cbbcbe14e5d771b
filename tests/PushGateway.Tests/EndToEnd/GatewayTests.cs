using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>
/// Tests that start gateways. Everything that a test started is stopped after it. A gateway that does not stop properly
/// fails the test, in addition to other failures of the test.
/// </summary>
public abstract class GatewayTests : IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> _started = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out IAsyncDisposable? started))
        {
            await started.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private protected async Task<GatewayProcess> StartGatewayAsync(params IEnumerable<string> flags) =>
        StoppedAtTheEnd(await GatewayProcess.StartAsync(flags));

    private protected T StoppedAtTheEnd<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }
}
