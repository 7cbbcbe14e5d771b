using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace PushGateway.Hosting;

/// <summary>
/// The socket on which a service manager such as systemd receives the state of a service. Source: sd_notify(3).
/// </summary>
/// <param name="address">A datagram socket.</param>
/// <param name="watchdog">Maximum time between messages before the manager kills the service; null for no limit.</param>
internal sealed class NotifySocket(UnixDomainSocketEndPoint address, TimeSpan? watchdog) : IDisposable
{
    /// <summary>A service manager that does not read must not block the service.</summary>
    private const int SendTimeoutMilliseconds = 1000;

    private const long MaxMicroseconds = long.MaxValue / TimeSpan.TicksPerMicrosecond;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
    {
        SendTimeout = SendTimeoutMilliseconds,
    };

    public TimeSpan? Watchdog => watchdog;

    /// <param name="variable">Reads an environment variable.</param>
    /// <returns>False without NOTIFY_SOCKET, or with an error.</returns>
    public static bool TryOpen(
        Func<string, string?> variable, [NotNullWhen(true)] out NotifySocket? socket, out string? error)
    {
        socket = null;
        error = null;
        string path = variable("NOTIFY_SOCKET") ?? "";
        if (path.Length == 0)
        {
            return false;
        }
        bool isAbstract = path[0] == '@';
        if ((!isAbstract && path[0] != '/') || Encoding.UTF8.GetByteCount(path) > UnixSocket.MaxPathBytes)
        {
            error = $"NOTIFY_SOCKET={path} is not a path or an abstract socket";
            return false;
        }
        var address = new UnixDomainSocketEndPoint(isAbstract ? $"\0{path[1..]}" : path);
        socket = new NotifySocket(address, ReadWatchdog(variable));
        return true;
    }

    /// <param name="lines">Assignments, such as <c>READY=1</c>.</param>
    /// <exception cref="SocketException">The service manager cannot be reached.</exception>
    public void Send(IEnumerable<string> lines) =>
        _socket.SendTo(Encoding.UTF8.GetBytes(string.Join('\n', lines)), address);

    public void Dispose() => _socket.Dispose();

    /// <summary>Source: sd_watchdog_enabled(3).</summary>
    private static TimeSpan? ReadWatchdog(Func<string, string?> variable)
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return (variable("WATCHDOG_PID") ?? own) == own
            && long.TryParse(
                variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds)
            && microseconds > 0
            ? TimeSpan.FromMicroseconds(Math.Min(microseconds, MaxMicroseconds))
            : null;
    }
}
