using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using PushGateway.Tests.EndToEnd.Processes;

namespace PushGateway.Tests.Attack;

/// <summary>An HTTP/2 connection over TLS with handwritten frames. Source: RFC 9113 and RFC 7541.</summary>
internal sealed class Http2Connection : IAsyncDisposable
{
    private const int FrameHeaderBytes = 9;
    private const byte Headers = 1;
    private const byte ResetStream = 3;
    private const byte Settings = 4;
    private const byte WindowUpdate = 8;
    private const byte EndOfStreamAndHeaders = 0x5;

    private const byte InitialWindowSize = 4;

    /// <summary>CANCEL</summary>
    private const uint Cancel = 8;

    private readonly Socket _socket;
    private readonly SslStream _tls;
    private readonly CancellationTokenSource _deadline = Deadline.Of(Deadline.Change);

    private Http2Connection(Socket socket)
    {
        _socket = socket;
        _tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Subject == "CN=server");
    }

    /// <param name="windowBytes">How much of an answer the server may send without an update.</param>
    public static async Task<Http2Connection> ConnectAsync(int port, int windowBytes = 65_535)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var connection = new Http2Connection(socket);
        await connection._tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [SslApplicationProtocol.Http2] },
            connection._deadline.Token);
        byte[] preface =
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,
            .. Frame(Settings, 0, stream: 0, [0, InitialWindowSize, .. BigEndian(windowBytes)]),
        ];
        await connection.TrySendAsync(preface);
        return connection;
    }

    /// <summary>A GET of a path.</summary>
    /// <remarks>Indexed: ":method GET", ":scheme https". Literal, not indexed, with an indexed name: ":path", ":authority".</remarks>
    /// <param name="stream">Odd, and larger than those before.</param>
    public static byte[] Request(int stream, string path) =>
        Frame(Headers, EndOfStreamAndHeaders, stream, [0x82, 0x87, .. Literal(4, path), .. Literal(1, "localhost")]);

    /// <summary>Allows the server to send more bytes of a stream's answer.</summary>
    public static byte[] OpenWindow(int stream, int bytes) => Frame(WindowUpdate, 0, stream, BigEndian(bytes));

    /// <summary>Sends a request for a path, and resets its stream immediately.</summary>
    /// <param name="stream">Odd, and larger than those before.</param>
    public static byte[] RequestAndReset(int stream, string path)
    {
        byte[] cancel = BigEndian((int)Cancel);
        return [.. Request(stream, path), .. Frame(ResetStream, 0, stream, cancel)];
    }

    /// <summary>False after the server has closed the connection.</summary>
    public async Task<bool> TrySendAsync(byte[] bytes)
    {
        try
        {
            await _tls.WriteAsync(bytes, _deadline.Token);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Announces the end of the connection.</summary>
    public void FinishSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server was first.
        }
    }

    /// <summary>Reads frames until the server resets a stream. False if it closes the connection before.</summary>
    public async Task<bool> ReadUntilResetAsync()
    {
        byte[] header = new byte[FrameHeaderBytes];
        try
        {
            while (true)
            {
                await _tls.ReadExactlyAsync(header, _deadline.Token);
                int length = BinaryPrimitives.ReadInt32BigEndian(header) >> 8;
                await _tls.ReadExactlyAsync(new byte[length], _deadline.Token);
                if (header[3] == ResetStream)
                {
                    return true;
                }
            }
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Reads until the server closes the connection.</summary>
    public async Task DrainAsync()
    {
        byte[] buffer = new byte[1 << 14];
        try
        {
            while (await _tls.ReadAsync(buffer, _deadline.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Closed while something was on its way.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _tls.DisposeAsync();
        _deadline.Dispose();
    }

    private static byte[] BigEndian(int number)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Literal(byte name, string value) => [name, (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private static byte[] Frame(byte type, byte flags, int stream, byte[] content)
    {
        byte[] frame = new byte[FrameHeaderBytes + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, content.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        content.CopyTo(frame, FrameHeaderBytes);
        return frame;
    }
}
