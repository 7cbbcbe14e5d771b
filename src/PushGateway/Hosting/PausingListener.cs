using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace PushGateway.Hosting;

/// <summary>
/// Stops accepting connections while the process is short of descriptors, and pauses when accepting fails because the system is
/// short of files or memory. The framework would retry without a pause or a message, and leave no descriptor for the journal.
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
        for (int failures = 0; ; failures++)
        {
            if (_mayBeShort)
            {
                await pause.WaitAsync(_closing.Token);
            }
            try
            {
                ConnectionContext? connection = await inner.AcceptAsync(cancellationToken);
                _mayBeShort = connection?.Features.Get<IConnectionSocketFeature>() is not { } feature
                    || pause.IsNeededAfter(feature.Socket.Handle);
                return connection;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionAborted)
            {
                // The client has already disconnected.
            }
            catch (SocketException exception)
            {
                await pause.AfterFailureAsync(exception, failures, _closing.Token);
            }
        }
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

/// <summary>Makes every listener a <see cref="PausingListener"/>.</summary>
internal sealed class PausingListenerFactory(
    IOptions<SocketTransportOptions> options, AcceptPause pause, ILoggerFactory loggers) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(
            new PausingListener(SocketListener.Bind(endpoint, options.Value, loggers), pause));
}
