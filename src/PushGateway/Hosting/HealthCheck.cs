using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using PushGateway.CommandLine;
using PushGateway.ConfigFiles;
using PushGateway.WebConfig;

namespace PushGateway.Hosting;

/// <summary>Implements --healthcheck: requests /-/ready of the gateway that runs with the same flags.</summary>
/// <remarks>
/// Uses a socket: an HTTP client would add too much to the binary. Sends no client certificate, so the check fails where
/// the gateway requires one.
/// </remarks>
internal static class HealthCheck
{
    private const string Flag = "--healthcheck";
    private const int MaxAnswerBytes = 4096;

    /// <summary>Less than the five seconds of the image's HEALTHCHECK, so that the check can print a reason.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Adds the flags of process 1, if it is the same program, to a check without flags. In a container the server is process
    /// 1, and the image's HEALTHCHECK does not contain its flags.
    /// </summary>
    /// <param name="procDirectory">/proc, or a stand-in for tests.</param>
    public static string[] MergeServerFlags(string[] args, string procDirectory)
    {
        if (args is not [Flag])
        {
            return args;
        }
        try
        {
            string? own = File.ResolveLinkTarget(Path.Combine(procDirectory, "self", "exe"), false)?.FullName;
            string? server = File.ResolveLinkTarget(Path.Combine(procDirectory, "1", "exe"), false)?.FullName;
            return own is not null && own == server
                ? [.. File.ReadAllText(Path.Combine(procDirectory, "1", "cmdline")).Split('\0')[1..^1], Flag]
                : args;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Process 1 belongs to another user, so this is not a container of the gateway.
            return args;
        }
    }

    /// <summary>Exit code 0 if the gateway is ready. Otherwise 1, with the reason.</summary>
    public static async Task<CommandLineResult.Print> RunAsync(GatewayOptions options)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            return await AskAsync(options, limit.Token);
        }
        catch (OperationCanceledException)
        {
            return Failed($"no answer within {Limit.TotalSeconds} s");
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException)
        {
            return Failed(exception.Message);
        }
    }

    private static async Task<CommandLineResult.Print> AskAsync(GatewayOptions options, CancellationToken cancellation)
    {
        if (options.UseSystemdSocket)
        {
            return Failed("the address is that of systemd's socket: set it with --web.listen-address instead");
        }
        string text = options.ListenAddresses[0];
        UnixDomainSocketEndPoint? file = null;
        ListenAddress address = default;
        bool isKnown = text.StartsWith(UnixSocket.Scheme, StringComparison.Ordinal)
            ? UnixSocket.TryParse(text, out file, out string? error)
            : ListenAddress.TryParse(text, out address, out error);
        if (!isKnown || !TryReadTls(options.WebConfigFile, out bool isTls, out error))
        {
            return Failed(error);
        }
        if (file is not null && !Path.Exists(file.ToString()))
        {
            // Connecting would fail with "cannot assign requested address".
            return Failed($"there is no socket {file}");
        }

        using Socket socket = file is null
            ? await ConnectAsync(address, cancellation)
            : await ConnectAsync(file, cancellation);
        await using Stream stream = await OpenAsync(socket, isTls, cancellation);
        string request = $"GET {options.RoutePrefix}/-/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellation);
        byte[] answer = new byte[MaxAnswerBytes];
        int length = await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, cancellation);
        return InterpretResponse(Encoding.UTF8.GetString(answer, 0, length));
    }

    /// <param name="answer">The status line, headers and body.</param>
    internal static CommandLineResult.Print InterpretResponse(string answer)
    {
        string[] parts = answer.Split("\r\n", 2)[0].Split(' ', 3);
        if (parts is not ["HTTP/1.1", { } code, { } reason])
        {
            return Failed("the answer is not HTTP");
        }
        // A gateway that requires credentials or limits the rate is alive.
        if (code is "200" or "401" or "403" or "429")
        {
            return new CommandLineResult.Print($"{code} {reason}\n", OutputStream.StandardOutput, ExitCode: 0);
        }
        int body = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return Failed($"{code} {reason} {(body < 0 ? "" : answer[(body + 4)..])}".Trim());
    }

    private static bool TryReadTls(string path, out bool isTls, out string? error)
    {
        WebConfigDocument? document = null;
        error = null;
        if (path.Length > 0)
        {
            var file = ConfigFile<WebConfigDocument>.Read(path, WebConfigDocument.TryParse, config => config.Files);
            document = file.Document;
            error = file.Error;
        }
        isTls = document?.Tls is not null;
        return error is null;
    }

    /// <summary>
    /// A server on all addresses listens on one of the loopback addresses, which need no name resolution.
    /// </summary>
    private static Task<Socket> ConnectAsync(ListenAddress address, CancellationToken cancellation) => ConnectAsync(
        new Socket(SocketType.Stream, ProtocolType.Tcp),
        socket => address.IsAnyHost
            ? socket.ConnectAsync([IPAddress.Loopback, IPAddress.IPv6Loopback], address.Port, cancellation)
            : socket.ConnectAsync(address.Host, address.Port, cancellation));

    private static Task<Socket> ConnectAsync(UnixDomainSocketEndPoint file, CancellationToken cancellation) => ConnectAsync(
        new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
        socket => socket.ConnectAsync(file, cancellation));

    private static async Task<Socket> ConnectAsync(Socket socket, Func<Socket, ValueTask> connect)
    {
        try
        {
            await connect(socket);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [SuppressMessage(
        "Security",
        "CA5359:Do Not Disable Certificate Validation",
        Justification = "The certificate is for the name by which others reach this machine, and nothing secret is sent.")]
    private static async Task<Stream> OpenAsync(Socket socket, bool isTls, CancellationToken cancellation)
    {
        var plain = new NetworkStream(socket);
        if (!isTls)
        {
            return plain;
        }
        var tls = new SslStream(plain, leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, cancellation);
        return tls;
    }

    private static CommandLineResult.Print Failed(string? reason) =>
        new($"{reason}\n", OutputStream.StandardError, ExitCode: 1);
}
