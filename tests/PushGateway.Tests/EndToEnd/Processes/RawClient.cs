using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>A connection that sends bytes that no HTTP client would send.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private RawClient()
    {
    }

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        return client;
    }

    public async Task SendAsync(string text)
    {
        ReadOnlyMemory<byte> rest = Encoding.UTF8.GetBytes(text);
        while (!rest.IsEmpty)
        {
            rest = rest[await _socket.SendAsync(rest, TestContext.Current.CancellationToken)..];
        }
    }

    /// <summary>False if the server has closed or reset the connection.</summary>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes, TestContext.Current.CancellationToken)..];
            }
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Shuts down the sending side and reads until the server closes the connection.</summary>
    public Task<string> FinishAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        return ReadToEndAsync();
    }

    /// <summary>The first bytes of a response.</summary>
    public async Task<string> ReadStartAsync()
    {
        using CancellationTokenSource deadline = Deadline.Of(Deadline.Change);
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await ReceiveAsync(buffer, deadline.Token));
    }

    /// <summary>Reads until the server closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using CancellationTokenSource deadline = Deadline.Of(Deadline.Change);
        var answer = new StringBuilder();
        byte[] buffer = new byte[4096];
        int count;
        while ((count = await ReceiveAsync(buffer, deadline.Token)) > 0)
        {
            answer.Append(Encoding.UTF8.GetString(buffer.AsSpan(0, count)));
        }

        return answer.ToString();
    }

    /// <summary>Resets the connection.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>0 if the server has closed or reset the connection.</summary>
    private async Task<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, cancellation);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    public void Dispose() => _socket.Dispose();
}
