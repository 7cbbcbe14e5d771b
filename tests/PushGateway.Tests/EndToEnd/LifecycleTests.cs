using System.Globalization;
using System.Net;
using System.Text;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>How the program starts and how it ends.</summary>
public sealed class LifecycleTests : GatewayTests
{
    [Theory]
    [InlineData(UnixSignal.Terminate)]
    [InlineData(UnixSignal.Interrupt)]
    [InlineData(UnixSignal.Quit)]
    public async Task Signal_WhileAConnectionIsOpen_EndsWithExitCode0(UnixSignal signal)
    {
        GatewayProcess gateway = await StartGatewayAsync();

        gateway.Send(signal);

        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [Fact]
    public async Task HangUp_WithoutAConfigFile_ChangesNothing()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        gateway.Send(UnixSignal.HangUp);

        await Deadline.UntilAsync(
            Deadline.Change,
            "it is logged",
            _ => Task.FromResult(gateway.Log.Contains("received SIGHUP; no config file", StringComparison.Ordinal)),
            () => gateway.Log);
        Assert.NotEqual("", await gateway.ScrapeAsync());
    }

    [Fact]
    public async Task Signal_WhileAPushIsStuckHalfWay_EndsWithExitCode0()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        using RawClient client = await RawClient.ConnectAsync(gateway.Port);
        await client.SendAsync("POST /metrics/job/stuck HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf 1\n");
        Assert.NotEqual("", await gateway.ScrapeAsync());

        gateway.Send(UnixSignal.Terminate);

        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [Fact]
    public async Task Quit_WithLifecycleEnabled_AnswersAndEndsWithExitCode0()
    {
        GatewayProcess gateway = await StartGatewayAsync("--web.enable-lifecycle");

        // The answer may be lost, since the Go Pushgateway is gone before it is sent; so curl's exit code says nothing.
        await gateway.ShellAsync("""curl -X PUT "$GATEWAY/-/quit" || true""");

        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [Fact]
    public async Task Quit_WithLifecycleDisabled_IsForbidden()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        string code = await gateway.ShellAsync(
            """curl -X PUT -o /dev/null -w '%{http_code}' "$GATEWAY/-/quit" """);

        Assert.Equal("403", code);
        Assert.False(gateway.HasExited);
    }

    [Theory]
    [InlineData("--version", "^pushgateway, version [0-9][^ ]* \\(branch: .*, revision: .*\\)\n")]
    [InlineData("--help", "--web\\.listen-address")]
    [InlineData("-h", "--web\\.listen-address")]
    public async Task CommandLine_QuestionAboutTheProgram_IsAnsweredWithExitCode0(string flag, string answer)
    {
        ToolResult result = await RunAsync(flag);

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(answer, result.Output + result.Errors);
    }

    [Theory]
    [InlineData("--no-such-flag")]
    [InlineData("--log.level=loud")]
    [InlineData("--persistence.interval=soon")]
    [InlineData("stray")]
    public async Task CommandLine_Wrong_EndsWithExitCode1AndAReason(string argument)
    {
        ToolResult result = await RunAsync(argument);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: ", result.Errors);
    }

    [Fact]
    public async Task Binary_CopiedAloneToAnotherFolder_NeedsNothingBesideIt()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pushgateway-alone-");
        try
        {
            string copy = Path.Combine(folder.FullName, "pushgateway");
            File.Copy(GatewayBinary.PathOrSkip(), copy);

            ToolResult result = await ChildProcess.RunAsync(copy, ["--version"], ("DOTNET_ROOT", folder.FullName));

            Assert.Contains("pushgateway, version ", result.OutputOfSuccess());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Start_WithAWebConfigFileThatIsNotThere_EndsWithExitCode1AndAReason()
    {
        ToolResult result = await RunAsync("--web.config.file", "no-such-web.yml");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no-such-web.yml", result.Errors);
    }

    [Fact]
    public async Task Start_OnAPortInUse_EndsWithExitCode1AndAReason()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        ToolResult second = await RunAsync(
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{gateway.Port}"));

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("address already in use", second.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", second.Errors, StringComparison.Ordinal);
        Assert.NotEqual("", await gateway.ScrapeAsync());
    }

    [Fact]
    public async Task Start_WithTwoListeners_ServesOneStore()
    {
        int port = LoopbackPort.Next();
        string second = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        GatewayProcess gateway = await StartGatewayAsync($"--web.listen-address={second}");

        using var body = new StringContent("x 1\n", Encoding.UTF8);
        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            $"http://{second}/metrics/job/a", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("1", (await gateway.GroupAsync()).ValueOf("x"));
    }

    private static Task<ToolResult> RunAsync(params string[] arguments) =>
        ChildProcess.RunAsync(GatewayBinary.PathOrSkip(), arguments);
}
