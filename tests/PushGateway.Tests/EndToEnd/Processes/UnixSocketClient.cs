using System.Net.Sockets;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>An HTTP client for a Unix socket.</summary>
internal static class UnixSocketClient
{
    /// <param name="path">Of the socket.</param>
    public static HttpClient To(string path) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://gateway"),
        Timeout = Deadline.Tool,
    };
}
