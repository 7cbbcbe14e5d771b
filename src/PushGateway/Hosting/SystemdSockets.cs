using System.Globalization;
using System.Net.Sockets;
using PushGateway.CommandLine;

namespace PushGateway.Hosting;

/// <summary>The sockets that systemd passes to the program. Source: sd_listen_fds(3).</summary>
internal static class SystemdSockets
{
    private const int FirstDescriptor = 3;

    /// <summary>Returns their descriptors.</summary>
    /// <exception cref="StartException">systemd passed none, or one does not listen for connections.</exception>
    /// <param name="variable">Reads an environment variable.</param>
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
