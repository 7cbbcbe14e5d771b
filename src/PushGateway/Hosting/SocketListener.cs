using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace PushGateway.Hosting;

/// <summary>Accepts connections like the framework's listener, but throws when that fails.</summary>
internal sealed class SocketListener : IConnectionListener
{
    private readonly Socket _socket;
    private readonly bool _noDelay;
    private readonly SocketConnectionContextFactory _connections;

    private SocketListener(Socket socket, bool noDelay, SocketConnectionContextFactory connections)
    {
        _socket = socket;
        _noDelay = noDelay;
        _connections = connections;
        EndPoint = socket.LocalEndPoint!;
    }

    public EndPoint EndPoint { get; }

    /// <exception cref="AddressInUseException">The address is in use.</exception>
    public static SocketListener Bind(EndPoint address, SocketTransportOptions options, ILoggerFactory loggers)
    {
        try
        {
            Socket socket = options.CreateBoundListenSocket(address);
            socket.Listen(options.Backlog);
            ILogger logger = loggers.CreateLogger(typeof(SocketTransportOptions).Namespace!);
            return new SocketListener(
                socket, options.NoDelay, new SocketConnectionContextFactory(ConnectionOptionsOf(options), logger));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }
    }

    /// <summary>Null after the listener is closed.</summary>
    /// <exception cref="SocketException">The system cannot accept a connection now.</exception>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            Socket connection = await _socket.AcceptAsync(cancellationToken);
            if (EndPoint is IPEndPoint)
            {
                connection.NoDelay = _noDelay;
            }
            return _connections.Create(connection);
        }
        catch (Exception exception)
            when (exception is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
        {
            return null;
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _connections.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Creates the framework's factory, whose memory pool, which releases memory, cannot be set otherwise.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern SocketConnectionFactoryOptions ConnectionOptionsOf(SocketTransportOptions options);
}
