using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace PushGateway.Hosting;

/// <summary>
/// Stops accepting connections while the process is short of descriptors: the framework would try again without a pause and
/// without a word, and leave none to the journal.
/// </summary>
/// <param name="inner">Owned.</param>
/// <param name="pause">Shared by all listeners.</param>
internal sealed class PausingListener(IConnectionListener inner, AcceptPause pause) : IConnectionListener
{
    private readonly CancellationTokenSource _closing = new();
    private bool _mayBeShort = true;

    public EndPoint EndPoint => inner.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (_mayBeShort)
        {
            await pause.WaitAsync(_closing.Token);
        }
        ConnectionContext? connection = await inner.AcceptAsync(cancellationToken);
        _mayBeShort = connection?.Features.Get<IConnectionSocketFeature>() is not { } feature
            || pause.IsNeededAfter(feature.Socket.Handle);
        return connection;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _closing.CancelAsync();
        await inner.UnbindAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await inner.DisposeAsync();
        _closing.Dispose();
    }
}

/// <summary>Makes every listener of a transport a <see cref="PausingListener"/>.</summary>
internal sealed class PausingListenerFactory(IConnectionListenerFactory inner, AcceptPause pause) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new PausingListener(await inner.BindAsync(endpoint, cancellationToken), pause);
}
