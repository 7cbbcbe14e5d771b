using System.Net;
using System.Text.Json;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.WebConfig;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary><c>--web.listen-address=unix://…</c> of the published binary.</summary>
public sealed class UnixSocketTests : GatewayTests
{
    private readonly WebConfigFolder _folder = new();

    private string Socket => _folder.PathOf("gateway.sock");

    private string Flag => $"--web.listen-address=unix://{Socket}";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Curl_UnixSocketBesideAPort_IsTheSameStore()
    {
        GatewayProcess gateway = await StartOnSocketAsync();

        string code = await gateway.ShellAsync(
            $$"""echo 'x 1' | curl -s --unix-socket {{Socket}} -w '%{http_code}' --data-binary @- http://any/metrics/job/a""");

        Assert.Equal("200", code);
        Assert.Equal("1", (await gateway.GroupAsync()).ValueOf("x"));
        Assert.Contains($"msg=\"Listening on\" address=unix://{Socket}\n", gateway.Log);
        using var stats = JsonDocument.Parse(
            await gateway.Client.GetStringAsync("/api/v1/stats", TestContext.Current.CancellationToken));
        Assert.Equal(
            [$"127.0.0.1:{gateway.Port}", $"unix://{Socket}"],
            stats.RootElement.GetProperty("data").GetProperty("server").GetProperty("listeners").EnumerateArray()
                .Select(listener => listener.GetString()));
    }

    [Fact]
    public async Task Socket_FromStartToEnd_IsForOwnerAndGroupAndGone()
    {
        GatewayProcess gateway = await StartOnSocketAsync();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            new FileInfo(Socket).UnixFileMode);
        gateway.Send(UnixSignal.Terminate);
        Assert.Equal(0, await gateway.WaitForExitAsync());
        Assert.False(Path.Exists(Socket));
    }

    [Fact]
    public async Task Start_AfterAKill_TakesTheSocketThatIsLeft()
    {
        GatewayProcess killed = await StartOnSocketAsync();
        killed.Send(UnixSignal.Kill);
        await killed.WaitForExitAsync();
        Assert.True(Path.Exists(Socket));

        await StartOnSocketAsync();

        Assert.Equal(HttpStatusCode.OK, await ReadinessAsync());
    }

    [Fact]
    public async Task Start_OnASocketInUse_EndsWithExitCode1AndAReason()
    {
        await StartOnSocketAsync();

        ToolResult second = await ChildProcess.RunAsync(GatewayBinary.PathOrSkip(), [Flag]);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"listen unix {Socket}: address already in use", second.Errors);
        Assert.Equal(HttpStatusCode.OK, await ReadinessAsync());
    }

    [Theory]
    [InlineData("unix://gateway.sock", "the path must be absolute")]
    [InlineData("unix:///no/such/folder/gateway.sock", "listen unix /no/such/folder/gateway.sock: there is no directory /no/such/folder")]
    public async Task Start_OnASocketThatCannotBe_EndsWithExitCode1AndAReason(string address, string reason)
    {
        ToolResult result = await ChildProcess.RunAsync(
            GatewayBinary.PathOrSkip(), [$"--web.listen-address={address}"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Errors);
    }

    [Fact]
    public async Task Curl_UnixSocketWithTls_SpeaksHttp2()
    {
        using var servers = TestAuthority.Create("servers");
        _folder.Write("server", servers.ServerCertificate());
        _folder.Write("servers.crt", servers.Pem);
        _folder.WriteTlsConfig();
        await using var gateway = ChildProcess.Start(
            GatewayBinary.PathOrSkip(), [Flag, _folder.Flag], Path.GetTempPath());
        await Deadline.UntilAsync(
            Deadline.Start, "it listens", _ => Task.FromResult(Path.Exists(Socket)), () => gateway.Errors);

        ToolResult result = await ChildProcess.RunAsync(
            Tool.PathOrSkip("curl", "curl"),
            [
                "-s", "--retry", "9", "--retry-connrefused", "--unix-socket", Socket, "--cacert",
                _folder.PathOf("servers.crt"), "-w", " %{http_code} %{http_version}", "https://127.0.0.1/-/ready",
            ]);

        Assert.Equal("OK 200 2", result.OutputOfSuccess());
        UnixSignal.Terminate.SendTo(gateway.Id);
        Assert.Equal(0, await gateway.WaitForExitAsync(Deadline.Stop));
    }

    private async Task<HttpStatusCode> ReadinessAsync()
    {
        using HttpClient client = UnixSocketClient.To(Socket);
        using HttpResponseMessage answer = await client.GetAsync("/-/ready", TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>The port, which is bound first, answers a moment before the socket does.</summary>
    private async Task<GatewayProcess> StartOnSocketAsync()
    {
        GatewayProcess gateway = await StartGatewayAsync(Flag);
        string line = $"msg=\"Listening on\" address=unix://{Socket}";
        await Deadline.UntilAsync(
            Deadline.Tool, "it listens on the socket", _ => Task.FromResult(gateway.Log.Contains(line, StringComparison.Ordinal)));
        return gateway;
    }
}
