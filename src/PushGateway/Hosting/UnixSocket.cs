using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text;
using PushGateway.CommandLine;
using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Hosting;

/// <summary>A socket in the file system to listen on, <c>unix:///run/pushgateway.sock</c>.</summary>
internal static class UnixSocket
{
    public const string Scheme = "unix://";

    /// <summary>The mode of the file. Connecting needs write permission, which owner and group have.</summary>
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>The size of <c>sun_path</c> in unix(7), less the final zero.</summary>
    public const int MaxPathBytes = 107;

    /// <summary>Reads an address that begins with <see cref="Scheme"/>.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out UnixDomainSocketEndPoint? address,
        [NotNullWhen(false)] out string? error)
    {
        string path = text[Scheme.Length..];
        string? problem =
            !path.StartsWith('/') ? "the path must be absolute, as in unix:///run/pushgateway.sock"
            : Encoding.UTF8.GetByteCount(path) > MaxPathBytes ? $"the path is longer than {MaxPathBytes} bytes"
            : null;
        error = problem is null ? null : $"listen unix: address {text}: {problem}";
        address = problem is null ? new UnixDomainSocketEndPoint(path) : null;
        return address is not null;
    }

    /// <summary>
    /// Removes a socket file that a killed server left behind. Rejects a path where a server listens, or which is another kind
    /// of file.
    /// </summary>
    /// <exception cref="StartException">The path is in use.</exception>
    public static async Task RemoveStaleAsync(UnixDomainSocketEndPoint address)
    {
        string path = address.ToString();
        if (!Path.Exists(path))
        {
            // Binding would fail with "cannot assign requested address".
            string? folder = Path.GetDirectoryName(path);
            if (!Directory.Exists(folder))
            {
                throw new StartException($"listen unix {path}: there is no directory {folder}");
            }
            return;
        }
        if (FileStatus.Of(path, followsLink: false) is not { IsSocket: true })
        {
            throw new StartException($"listen unix {path}: there is a file that is not a socket");
        }
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(address);
            throw new StartException($"listen unix {path}: address already in use");
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
        catch (SocketException exception)
        {
            throw new StartException($"listen unix {path}: cannot determine whether it is in use: {exception.Message}");
        }
    }

    /// <summary>Sets the mode. Call it between bind and listen, when no client can connect yet.</summary>
    public static void SetMode(UnixDomainSocketEndPoint address)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(address.ToString(), Mode);
        }
    }
}
