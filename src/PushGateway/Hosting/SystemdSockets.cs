using System.Globalization;
using System.Net.Sockets;

namespace PushGateway.Hosting;

/// <summary>The sockets that systemd has opened before it started the program, after sd_listen_fds(3).</summary>
internal static class SystemdSockets
{
    private const int FirstDescriptor = 3;

    /// <summary>Their descriptors.</summary>
    /// <exception cref="StartException">There are none, or one is not what a server can accept connections on.</exception>
    /// <param name="variable">A variable of the environment, by its name.</param>
    public static IReadOnlyList<ulong> Find(Func<string, string?> variable)
    {
        if (variable("LISTEN_PID") != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            || !int.TryParse(variable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || count == 0)
        {
            throw new StartException("no socket activation file descriptors found");
        }
        var descriptors = new List<ulong>();
        for (int descriptor = FirstDescriptor; descriptor < FirstDescriptor + count; descriptor++)
        {
            if (!IsListening(descriptor))
            {
                throw new StartException(
                    $"descriptor {descriptor} that systemd has passed on is not a stream socket that listens"
                    + " (ListenStream=, Accept=no)");
            }
            descriptors.Add((ulong)descriptor);
        }
        return descriptors;
    }

    private static bool IsListening(int descriptor)
    {
        try
        {
            using var handle = new SafeSocketHandle(descriptor, ownsHandle: false);
            using var socket = new Socket(handle);
            return socket.SocketType == SocketType.Stream
                && socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection) is not 0;
        }
        catch (SocketException)
        {
            return false; // Not a socket, or not open.
        }
    }
}
