using System.Net;
using System.Net.Sockets;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>Ports to listen on.</summary>
internal static class LoopbackPort
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>
    /// A free port, returned once in a run. It lies below the range that the kernel uses for outgoing
    /// connections, so that none of them occupies it before the server listens.
    /// </summary>
    public static int Next()
    {
        lock (Gate)
        {
            while (true)
            {
                int port = Random.Shared.Next(12_000, 32_000);
                if (IsFree(port) && Given.Add(port))
                {
                    return port;
                }
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
