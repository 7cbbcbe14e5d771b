using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using PushGateway.CommandLine;

namespace PushGateway.Hosting;

/// <summary>A socket in the file system to listen on, <c>unix:///run/pushgateway.sock</c>.</summary>
internal static class UnixSocket
{
    public const string Scheme = "unix://";

    /// <summary>Owner and group may connect, which takes write permission. Add users who push to the group.</summary>
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>The size of <c>sun_path</c> in unix(7), less the final zero.</summary>
    public const int MaxPathBytes = 107;

    // statx(2), whose structure is the same on every architecture, unlike that of stat.
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint TypeMask = 1;
    private const int StatusBytes = 256;
    private const int ModeOffset = 28;
    private const int FileTypeBits = 0xF000;
    private const int SocketType = 0xC000;

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
    /// Removes a socket file that a killed server left behind. Rejects a path where a server listens, or with another kind of
    /// file.
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
                throw new StartException($"listen unix {path}: there is no folder {folder}");
            }
            return;
        }
        if (!IsSocket(path))
        {
            throw new StartException($"listen unix {path}: there is a file that is not a socket");
        }
        using var socket = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified);
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
            throw new StartException($"listen unix {path}: whether it is in use cannot be told: {exception.Message}");
        }
    }

    /// <summary>Call it between bind and listen, when nobody can connect yet.</summary>
    public static void SetMode(UnixDomainSocketEndPoint address)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(address.ToString(), Mode);
        }
    }

    /// <summary>False on other systems than Linux, so that no file is removed there.</summary>
    private static bool IsSocket(string path)
    {
        byte[] status = new byte[StatusBytes];
        return OperatingSystem.IsLinux()
            && ReadStatus(CurrentFolder, [.. Encoding.UTF8.GetBytes(path), 0], NoFollow, TypeMask, status) == 0
            && (MemoryMarshal.Read<ushort>(status.AsSpan(ModeOffset)) & FileTypeBits) == SocketType;
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int ReadStatus(int folder, byte[] path, int flags, uint mask, byte[] status);
}
