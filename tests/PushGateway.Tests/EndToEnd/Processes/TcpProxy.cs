using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>
/// A network between a program and a server on this machine, which a test can break. Closes a connection if one side does, or
/// if nothing listens at the target.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, LoopbackPort.Next());
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly Task _accepting;

    private long _requestBytesLeft = long.MaxValue;
    private TaskCompletionSource _requests = Open();
    private TaskCompletionSource _answers = Open();

    /// <param name="target">A port.</param>
    public TcpProxy(int target)
    {
        Target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The port of the server. New connections go there.</summary>
    public int Target { get; set; }

    /// <summary>Whether new connections are closed at once.</summary>
    public bool Refuses { get; set; }

    /// <summary>Whether to drop PostgreSQL's notifications. Applies to new connections, without TLS.</summary>
    public bool SwallowsNotifications { get; set; }

    /// <summary>Closes all connections, with a reset.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            foreach (Socket socket in _sockets)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
            }
            _sockets.Clear();
        }
    }

    /// <summary>Whether something is held back on its way to the server.</summary>
    public bool StallsRequests => !Volatile.Read(ref _requests).Task.IsCompleted;

    /// <summary>Holds back what goes to the server.</summary>
    public void StallRequests() => Stall(ref _requests);

    /// <summary>Passes on some more bytes to the server, and then no more.</summary>
    public void StallRequestsAfter(long bytes) => Volatile.Write(ref _requestBytesLeft, bytes);

    /// <summary>Holds back what comes from the server.</summary>
    public void StallAnswers() => Stall(ref _answers);

    /// <summary>Behaves like a network that drops everything.</summary>
    public void Stall()
    {
        StallRequests();
        StallAnswers();
    }

    /// <summary>Sends what was held back, and works again.</summary>
    public void Heal()
    {
        Refuses = false;
        Volatile.Write(ref _requestBytesLeft, long.MaxValue);
        Volatile.Read(ref _requests).TrySetResult();
        Volatile.Read(ref _answers).TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        Heal();
        Cut();
        await _accepting;
        _closing.Dispose();
    }

    private static TaskCompletionSource Open()
    {
        TaskCompletionSource gate = New();
        gate.SetResult();
        return gate;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Stall(ref TaskCompletionSource gate)
    {
        if (Volatile.Read(ref gate).Task.IsCompleted)
        {
            Volatile.Write(ref gate, New());
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_closing.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test ends.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Keep(client);
            Keep(server);
            if (Refuses)
            {
                return;
            }
            client.NoDelay = server.NoDelay = true;
            await server.ConnectAsync(IPAddress.Loopback, Target, _closing.Token);
            NotificationFilter? filter = SwallowsNotifications ? new NotificationFilter() : null;
            await Task.WhenAny(
                CopyAsync(client, server, () => Volatile.Read(ref _requests).Task, isRequest: true, filter: null),
                CopyAsync(server, client, () => Volatile.Read(ref _answers).Task, isRequest: false, filter));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Nothing listens, or it was cut.
        }
        finally
        {
            lock (_lock)
            {
                _sockets.Remove(client);
                _sockets.Remove(server);
            }
            client.Dispose();
            server.Dispose();
        }
    }

    private void Keep(Socket socket)
    {
        lock (_lock)
        {
            _sockets.Add(socket);
        }
    }

    private async Task CopyAsync(Socket from, Socket to, Func<Task> gate, bool isRequest, NotificationFilter? filter)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                int count = await from.ReceiveAsync(buffer, _closing.Token);

                // A network that drops everything does not tell of the end either.
                await gate();
                if (count == 0)
                {
                    return;
                }
                ReadOnlyMemory<byte> bytes = buffer.AsMemory(0, count);
                bytes = filter?.Pass(bytes) ?? bytes;
                long left = isRequest ? Interlocked.Add(ref _requestBytesLeft, -count) : 0;
                if (left < 0)
                {
                    int passed = (int)Math.Clamp(count + left, 0, count);
                    await SendAsync(to, bytes[..passed]);
                    bytes = bytes[passed..];
                    StallRequests();
                    await gate();
                }
                await SendAsync(to, bytes);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone.
        }
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await to.SendAsync(bytes, _closing.Token)..];
        }
    }

    /// <summary>Removes NotificationResponse messages from the data of a server.</summary>
    private sealed class NotificationFilter
    {
        private byte[] _pending = [];

        /// <summary>The whole messages so far, without notifications.</summary>
        public ReadOnlyMemory<byte> Pass(ReadOnlyMemory<byte> bytes)
        {
            byte[] all = [.. _pending, .. bytes.Span];
            using var passed = new MemoryStream();
            int at = 0;

            // message = type length(4, of itself and the rest) rest
            while (all.Length - at >= 5)
            {
                int length = 1 + BinaryPrimitives.ReadInt32BigEndian(all.AsSpan(at + 1));
                if (all.Length - at < length)
                {
                    break;
                }
                if (all[at] != 'A')
                {
                    passed.Write(all, at, length);
                }
                at += length;
            }
            _pending = all[at..];
            return passed.ToArray();
        }
    }
}
