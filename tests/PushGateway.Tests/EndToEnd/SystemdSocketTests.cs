using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>
/// Socket activation: the program inherits a listening socket as its descriptor 3, announced by LISTEN_PID and LISTEN_FDS
/// (sd_listen_fds(3)).
/// </summary>
public sealed class SystemdSocketTests : GatewayTests
{
    /// <summary>Listens on a port that the system chooses, prints it, and becomes the program.</summary>
    private const string Activate =
        """
        import os, socket, sys
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        print(listener.getsockname()[1], flush=True)
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
        os.execv(sys.argv[1], sys.argv[1:])
        """;

    /// <summary>The same with a second one, in the file system: <c>0</c> for one that does not listen.</summary>
    private const string ActivateTwo =
        """
        import os, socket, sys
        first = socket.socket()
        first.bind(("127.0.0.1", 0))
        first.listen(16)
        second = socket.socket(socket.AF_UNIX)
        second.bind(sys.argv[1])
        if sys.argv[2] != "0":
            second.listen(16)
        print(first.getsockname()[1], flush=True)
        # By way of descriptors that are not in the way of each other.
        for descriptor, copy in ((3, os.dup2(first.fileno(), 103)), (4, os.dup2(second.fileno(), 104))):
            os.dup2(copy, descriptor)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2")
        os.execv(sys.argv[3], sys.argv[3:])
        """;

    private const string Flag = "--web.systemd-socket";

    [Fact]
    public async Task Start_WithAListeningSocket_ServesOnIt()
    {
        await using ChildProcess gateway = StartActivated();
        int port = await PortOfAsync(gateway);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/metrics/job/a"));
        using var body = new StringContent("x 1\n");

        // It listens before the program does, so that a client need not wait for it to be ready.
        using HttpResponseMessage answer = await client.PutAsync(address, body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        UnixSignal.Terminate.SendTo(gateway.Id);
        Assert.Equal(0, await gateway.WaitForExitAsync(Deadline.Stop));
    }

    [Fact]
    public async Task Start_WithAListeningSocket_IgnoresTheListenAddress()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        await using ChildProcess gateway = StartActivated($"--web.listen-address={taken.LocalEndPoint}");
        int port = await PortOfAsync(gateway);

        using RawClient client = await RawClient.ConnectAsync(port);
        await client.SendAsync("GET /-/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK", await client.ReadToEndAsync());
        UnixSignal.Terminate.SendTo(gateway.Id);
        Assert.Equal(0, await gateway.WaitForExitAsync(Deadline.Stop));
    }

    [Fact]
    public async Task Start_WithSeveralSockets_ServesOnAllAndLeavesThemToTheServiceManager()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pushgateway-test-");
        try
        {
            string path = Path.Combine(folder.FullName, "gateway.sock");
            await using ChildProcess gateway = StartActivatedTwice(path, isListening: true);
            int port = await PortOfAsync(gateway);
            using HttpClient client = UnixSocketClient.To(path);
            using var body = new StringContent("x 1\n");

            using HttpResponseMessage pushed = await client.PutAsync(
                "/metrics/job/a", body, TestContext.Current.CancellationToken);
            using RawClient tcp = await RawClient.ConnectAsync(port);
            await tcp.SendAsync("GET /metrics HTTP/1.0\r\n\r\n");

            Assert.Equal(HttpStatusCode.OK, pushed.StatusCode);
            Assert.Contains("\nx{instance=\"\",job=\"a\"} 1\n", await tcp.ReadToEndAsync());
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"address=127.0.0.1:{port}\n"), gateway.Errors);
            Assert.Contains($"address=unix://{path}\n", gateway.Errors);
            UnixSignal.Terminate.SendTo(gateway.Id);
            Assert.Equal(0, await gateway.WaitForExitAsync(Deadline.Stop));
            Assert.True(Path.Exists(path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Start_WithASocketThatDoesNotListen_EndsWithExitCode1AndAReason()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pushgateway-test-");
        try
        {
            await using ChildProcess gateway = StartActivatedTwice(
                Path.Combine(folder.FullName, "gateway.sock"), isListening: false);

            Assert.Equal(1, await gateway.WaitForExitAsync(Deadline.Start));
            Assert.Contains("descriptor 4 that systemd has passed on is not a stream socket that listens", gateway.Errors);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("1", "1")] // meant for another process
    public async Task Start_WithoutASocketForIt_EndsWithExitCode1AndAReason(string processId, string count)
    {
        ToolResult result = await ChildProcess.RunAsync(
            GatewayBinary.PathOrSkip(), [Flag], ("LISTEN_PID", processId), ("LISTEN_FDS", count));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no socket activation file descriptors found", result.Errors);
    }

    private static ChildProcess StartActivated(params string[] flags)
    {
        string binary = GatewayBinary.PathOrSkip();
        string python = Tool.PathOrSkip("python3", "python3");
        return ChildProcess.Start(python, ["-c", Activate, binary, Flag, .. flags], Path.GetTempPath());
    }

    private static ChildProcess StartActivatedTwice(string path, bool isListening)
    {
        string binary = GatewayBinary.PathOrSkip();
        string python = Tool.PathOrSkip("python3", "python3");
        return ChildProcess.Start(
            python, ["-c", ActivateTwo, path, isListening ? "1" : "0", binary, Flag], Path.GetTempPath());
    }

    private static async Task<int> PortOfAsync(ChildProcess gateway)
    {
        await Deadline.UntilAsync(
            Deadline.Start,
            "the port is printed",
            _ => Task.FromResult(gateway.Output.EndsWith('\n')),
            () => gateway.Errors);
        return int.Parse(gateway.Output, CultureInfo.InvariantCulture);
    }
}
