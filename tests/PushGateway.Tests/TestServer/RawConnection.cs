using System.Net;
using System.Net.Sockets;
using System.Text;
using PushGateway.Tests.EndToEnd.Processes;

namespace PushGateway.Tests.TestServer;

/// <summary>A connection that sends arbitrary bytes and reads responses one by one.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket =
        new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private readonly CancellationTokenSource _deadline = Deadline.Of(Deadline.Change);
    private StreamReader? _reader;

    public static async Task<RawConnection> ConnectAsync(int port)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, port, connection._deadline.Token);
        connection._reader = new StreamReader(new NetworkStream(connection._socket), Encoding.Latin1);
        return connection;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends the text, or as much as the server reads before it closes the connection.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes, _deadline.Token)..];
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
        }
    }

    /// <summary>The next response, or null if the server closed the connection.</summary>
    public async Task<RawAnswer?> ReadAnswerAsync(bool hasBody = true)
    {
        try
        {
            return await RawAnswer.ReadAsync(_reader!, hasBody, _deadline.Token);
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return null;
        }
    }

    /// <summary>The start of an answer.</summary>
    public ValueTask<string?> ReadStatusLineAsync() => _reader!.ReadLineAsync(_deadline.Token);

    /// <summary>Reads to the end of the connection, with a pause between pieces; gives the number of bytes.</summary>
    public async Task<int> ReadSlowlyAsync(int bytesPerRead, TimeSpan pause)
    {
        using var pauses = new PeriodicTimer(pause);
        byte[] piece = new byte[bytesPerRead];
        int total = 0;
        while (await _reader!.BaseStream.ReadAtLeastAsync(piece, piece.Length, false, _deadline.Token) is > 0 and int read)
        {
            total += read;
            await pauses.WaitForNextTickAsync(_deadline.Token);
        }
        return total;
    }

    /// <summary>Shuts down the sending side.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Resets the connection.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _socket.Dispose();
        _deadline.Dispose();
    }
}
