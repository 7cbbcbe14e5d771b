using System.Net;
using System.Net.Sockets;

namespace PushGateway.Tests.EndToEnd.Clients;

/// <summary>Forwards each request to a gateway, and closes the connection when the answer arrives, without forwarding it.</summary>
internal sealed class AnswerlessProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _gatewayPort;
    private int _requests;

    public AnswerlessProxy(int gatewayPort)
    {
        _gatewayPort = gatewayPort;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address => $"http://{_listener.LocalEndpoint}";

    public int Requests => Volatile.Read(ref _requests);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await PassAsync(client.GetStream());
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task PassAsync(NetworkStream client)
    {
        using var gateway = new TcpClient();
        await gateway.ConnectAsync(IPAddress.Loopback, _gatewayPort);
        NetworkStream stream = gateway.GetStream();
        Task passing = client.CopyToAsync(stream);
        byte[] answer = new byte[4096];
        if (await stream.ReadAsync(answer) > 0)
        {
            Interlocked.Increment(ref _requests);
        }
        client.Socket.Shutdown(SocketShutdown.Both);
        await passing;
    }
}
