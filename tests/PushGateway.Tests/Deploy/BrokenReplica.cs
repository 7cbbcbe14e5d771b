using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PushGateway.Tests.EndToEnd.Processes;

namespace PushGateway.Tests.Deploy;

/// <summary>Reads each push, and closes the connection without an answer. Reports itself as ready and healthy.</summary>
internal sealed class BrokenReplica : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Task _loop;

    public BrokenReplica()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port { get; } = LoopbackPort.Next();

    /// <summary>The first lines of the pushes that came.</summary>
    public ConcurrentQueue<string> Pushes { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _loop;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await ServeAsync(client);
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
        catch (ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        NetworkStream stream = client.GetStream();
        byte[] buffer = new byte[16384];
        var request = new StringBuilder();
        try
        {
            // The tests' pushes end so.
            while (!request.ToString().EndsWith("1\n", StringComparison.Ordinal))
            {
                int count = await stream.ReadAsync(buffer);
                if (count == 0)
                {
                    return;
                }
                request.Append(Encoding.Latin1.GetString(buffer, 0, count));
                if (request.ToString() is ['G', ..])
                {
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                    return;
                }
            }
            Pushes.Enqueue(request.ToString().Split("\r\n")[0]);
        }
        catch (IOException)
        {
            // A check that ended.
        }
    }
}
