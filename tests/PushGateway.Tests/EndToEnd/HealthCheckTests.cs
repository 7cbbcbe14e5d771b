using System.Globalization;
using PushGateway.CommandLine;
using PushGateway.Hosting;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.WebConfig;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>pushgateway --healthcheck, as an image's health check runs it.</summary>
public sealed class HealthCheckTests : GatewayTests
{
    // "secret"
    private const string Hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

    [Fact]
    public async Task HealthCheck_GatewayIsReady_EndsWith0()
    {
        GatewayProcess gateway = StoppedAtTheEnd(await GatewayProcess.StartUnderAsync("/p", "--web.route-prefix=/p"));

        ToolResult good = await CheckAsync(gateway.Port, "--web.route-prefix=/p");
        ToolResult elsewhere = await CheckAsync(gateway.Port);

        Assert.Equal((0, "200 OK\n", ""), (good.ExitCode, good.Output, good.Errors));
        Assert.Equal(1, elsewhere.ExitCode);
        Assert.StartsWith("404 Not Found", elsewhere.Errors);
    }

    [Fact]
    public async Task HealthCheck_GatewayIsNotReady_EndsWith1AndItsReason()
    {
        GatewayProcess gateway = StoppedAtTheEnd(
            await GatewayProcess.StartUnreadyAsync("--persistence.file=missing/store"));

        ToolResult result = await CheckAsync(gateway.Port);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("503 Service Unavailable cannot restore from store: ", result.Errors);
        gateway.Send(UnixSignal.Kill);
        await gateway.WaitForExitAsync();
    }

    [Fact]
    public async Task HealthCheck_NothingListens_EndsWith1()
    {
        ToolResult result = await CheckAsync(LoopbackPort.Next());

        Assert.Equal((1, "Connection refused\n"), (result.ExitCode, result.Errors));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HealthCheck_GatewayListensOnASocketFile_AsksThere(bool hasTls)
    {
        using var folder = new WebConfigFolder();
        using var authority = TestAuthority.Create("servers");
        folder.Write("server", authority.ServerCertificate("first"));
        folder.WriteTlsConfig();
        string[] flags = [$"--web.listen-address=unix://{folder.PathOf("s")}", .. hasTls ? [folder.Flag] : Array.Empty<string>()];
        ToolResult before = await ChildProcess.RunAsync(GatewayBinary.PathOrSkip(), [.. flags, "--healthcheck"]);
        await using var gateway = ChildProcess.Start(GatewayBinary.PathOrSkip(), flags, Path.GetTempPath());
        await Deadline.UntilAsync(
            Deadline.Start,
            "the gateway listens",
            _ => Task.FromResult(gateway.Errors.Contains("TLS is", StringComparison.Ordinal)),
            () => gateway.Errors);

        ToolResult result = await ChildProcess.RunAsync(GatewayBinary.PathOrSkip(), [.. flags, "--healthcheck"]);

        Assert.Equal((1, $"there is no socket {folder.PathOf("s")}\n"), (before.ExitCode, before.Errors));
        Assert.Equal((0, "200 OK\n", ""), (result.ExitCode, result.Output, result.Errors));
        UnixSignal.Terminate.SendTo(gateway.Id);
        Assert.Equal(0, await gateway.WaitForExitAsync(Deadline.Stop));
    }

    [Theory]
    [InlineData("", "200 OK\n")]
    [InlineData("basic_auth_users:\n  bob: " + Hash + "\n", "401 Unauthorized\n")] // it answers
    public async Task HealthCheck_GatewayHasTls_AsksByTls(string rest, string output)
    {
        using var folder = new WebConfigFolder();
        using var authority = TestAuthority.Create("servers");
        folder.Write("server", authority.ServerCertificate("first"));
        folder.WriteTlsConfig(rest: rest);
        GatewayProcess gateway = StoppedAtTheEnd(GatewayProcess.StartWithoutWaiting(folder.Flag));
        await Deadline.UntilAsync(
            Deadline.Start,
            "the gateway listens",
            _ => Task.FromResult(gateway.Log.Contains("TLS is enabled.", StringComparison.Ordinal)),
            () => gateway.Log);

        ToolResult result = await CheckAsync(gateway.Port, folder.Flag);

        Assert.Equal((0, output, ""), (result.ExitCode, result.Output, result.Errors));
    }

    [Theory]
    [InlineData("set it with --web.listen-address", "--web.systemd-socket")]
    [InlineData("missing port in address", "--web.listen-address=nowhere")]
    [InlineData("the path must be absolute", "--web.listen-address=unix://s")]
    [InlineData("refused", "--web.listen-address=unix:///proc/self/exe")]
    [InlineData("no-such.yml", "--web.config.file=no-such.yml")]
    [InlineData("unknown long flag", "--no-such-flag")]
    public async Task HealthCheck_WrongFlag_EndsWith1AndAReason(string reason, string flag)
    {
        ToolResult result = await ChildProcess.RunAsync(GatewayBinary.PathOrSkip(), [flag, "--healthcheck"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Errors);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nOK", 0, "200 OK\n")]
    [InlineData("HTTP/1.1 403 Forbidden\r\n\r\n", 0, "403 Forbidden\n")]
    [InlineData("HTTP/1.1 429 Too Many Requests\r\n\r\n", 0, "429 Too Many Requests\n")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nX: y\r\n\r\nrestoring\n", 1, "503 Service Unavailable restoring\n")]
    [InlineData("HTTP/1.1 503 Service Unavailable", 1, "503 Service Unavailable\n")]
    [InlineData("", 1, "the answer is not HTTP\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", 1, "the answer is not HTTP\n")]
    public void Judge_Answer_SaysWhetherItIsReady(string answer, int exitCode, string text)
    {
        CommandLineResult.Print result = HealthCheck.InterpretResponse(answer);

        Assert.Equal((exitCode, text), (result.ExitCode, result.Text));
    }

    [Theory]
    [InlineData("/bin/pushgateway", "--web.listen-address=:1 @flags --healthcheck")]
    [InlineData("/sbin/init", "--healthcheck")]
    public void WithFlagsOfServer_ProcessOne_CountsIfItIsTheGateway(string program, string expected)
    {
        DirectoryInfo proc = Directory.CreateTempSubdirectory("proc-");
        try
        {
            string self = proc.CreateSubdirectory("self").FullName;
            string first = proc.CreateSubdirectory("1").FullName;
            File.CreateSymbolicLink(Path.Combine(self, "exe"), "/bin/pushgateway");
            File.CreateSymbolicLink(Path.Combine(first, "exe"), program);
            File.WriteAllText(Path.Combine(first, "cmdline"), $"{program}\0--web.listen-address=:1\0@flags\0");

            Assert.Equal(expected, string.Join(' ', HealthCheck.MergeServerFlags(["--healthcheck"], proc.FullName)));
            Assert.Equal(["-h"], HealthCheck.MergeServerFlags(["-h"], proc.FullName));
        }
        finally
        {
            proc.Delete(recursive: true);
        }
    }

    private static Task<ToolResult> CheckAsync(int port, params string[] flags) => ChildProcess.RunAsync(
        GatewayBinary.PathOrSkip(),
        [
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"), .. flags, "--healthcheck",
        ]);
}
