using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.WebConfig;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>State that the process inherits from its parent, and resources that the system may lack.</summary>
public sealed class SurroundingsTests : GatewayTests
{
    /// <summary>The password is <c>secret</c>.</summary>
    private const string Users = "basic_auth_users:\n  bob: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";

    private readonly WebConfigFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("ignore", UnixSignal.Interrupt)]
    [InlineData("ignore", UnixSignal.Quit)]
    [InlineData("ignore", UnixSignal.Terminate)]
    [InlineData("block", UnixSignal.Interrupt)]
    [InlineData("block", UnixSignal.Quit)]
    [InlineData("block", UnixSignal.Terminate)]
    public async Task Signal_IgnoredOrBlockedAtTheStart_EndsWithExitCode0(string how, UnixSignal signal)
    {
        GatewayProcess gateway = await StartByScriptAsync($"exec env --{how}-signal=INT,QUIT,TERM \"$0\" \"$@\"");

        gateway.Send(signal);

        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [Fact]
    public async Task HangUp_IgnoredAtTheStart_StaysIgnored()
    {
        GatewayProcess gateway = await StartByScriptAsync("exec env --ignore-signal=HUP \"$0\" \"$@\"");

        gateway.Send(UnixSignal.HangUp);
        gateway.Send(UnixSignal.Terminate);

        Assert.Equal(0, await gateway.WaitForExitAsync());
        Assert.DoesNotContain("SIGHUP", gateway.Log, StringComparison.Ordinal);
    }

    /// <summary>Each thread reserves address space, and one that finds none ends the process.</summary>
    [Fact]
    public async Task Start_AddressSpaceOf1Gigabyte_Serves()
    {
        GatewayProcess gateway = await StartByScriptAsync("ulimit -v 1000000; exec \"$0\" \"$@\"");

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => gateway.ScrapeAsync()));
        gateway.Send(UnixSignal.Terminate);

        Assert.Equal(0, await gateway.WaitForExitAsync());
    }

    [Theory]
    [InlineData("<&-")]
    [InlineData(">&-")]
    [InlineData("2>&-")]
    [InlineData("<&- >&- 2>&-")]
    public async Task Start_StandardStreamsAreClosed_OpensDevNull(string redirections)
    {
        GatewayProcess gateway = await StartByScriptAsync($"exec \"$0\" \"$@\" {redirections}");
        ToolResult version = await ChildProcess.RunAsync(
            "/bin/bash", ["-c", $"\"$0\" --version {redirections}", GatewayBinary.PathOrSkip()]);

        Assert.Equal(0, version.ExitCode);
        for (int descriptor = 0; descriptor <= 2; descriptor++)
        {
            Assert.True(File.Exists(string.Create(
                CultureInfo.InvariantCulture, $"/proc/{gateway.ProcessId}/fd/{descriptor}")));
        }
        Assert.Equal("/dev/null", new FileInfo(string.Create(
            CultureInfo.InvariantCulture,
            $"/proc/{gateway.ProcessId}/fd/{(redirections[0] == '<' ? 0 : redirections[0] == '>' ? 1 : 2)}")).LinkTarget);
    }

    [Fact]
    public async Task Start_FromATerminal_TellsWhatToOpen()
    {
        string command = $"timeout --foreground 3 {GatewayBinary.PathOrSkip()} --web.listen-address=127.0.0.1:0";

        ToolResult terminal = await ChildProcess.RunAsync(
            Tool.PathOrSkip("script", "bsdutils"), ["--quiet", "--return", "--command", command, "/dev/null"]);
        ToolResult redirected = await ChildProcess.RunAsync("/bin/bash", ["-c", command]);

        Assert.Matches(@"Open http://127\.0\.0\.1:[0-9]+/ in a browser\.", terminal.Output);
        Assert.Contains("Listening on", redirected.Errors, StringComparison.Ordinal);
        Assert.Equal("", redirected.Output);
    }

    [Fact]
    public async Task Start_SoftLimitOfDescriptors_IsRaisedToTheHardOne()
    {
        GatewayProcess gateway = await StartByScriptAsync("ulimit -Sn 200; ulimit -Hn 900; exec \"$0\" \"$@\"");

        string limits = await File.ReadAllTextAsync(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{gateway.ProcessId}/limits"),
            TestContext.Current.CancellationToken);

        Assert.Matches("Max open files +900 +900 ", limits);
    }

    [Fact]
    public async Task Start_WorkingDirectoryIsDeleted_Serves()
    {
        GatewayProcess gateway = await StartByScriptAsync(
            "cd \"$(mktemp -d)\"; rmdir \"$PWD\"; exec \"$0\" \"$@\"", $"--persistence.file={_folder.PathOf("store")}");

        await PutAsync(gateway, new StringContent("x 1\n"));

        Assert.Contains("x{instance=\"\",job=\"a\"} 1\n", await gateway.ScrapeAsync());
    }

    [Fact]
    public async Task Requests_WithoutTls_DoNotLoadOpenSsl()
    {
        _folder.WriteConfig(Users);
        _folder.Write(
            "access.yml",
            "roles:\n  bobs:\n    permissions: [push, read]\n    users: [bob]\n"
            + $"  tokens:\n    permissions: [push]\n    tokens: ['sha256:{new string('a', 64)}']\n");
        string[] flags = [_folder.Flag, $"--access.config.file={_folder.PathOf("access.yml")}", $"--persistence.file={_folder.PathOf("store")}"];
        GatewayProcess first = await GatewayProcess.StartByScriptAsync("exec \"$0\" \"$@\"", flags);
        await using (first)
        {
            await PutAsync(first, new StringContent("x 1\n"), "bob:secret");
        }
        GatewayProcess gateway = await StartByScriptAsync("exec \"$0\" \"$@\"", flags);
        using var gzip = new ByteArrayContent(Gzip("y 1\n"));
        gzip.Headers.ContentEncoding.Add("gzip");

        await PutAsync(gateway, gzip, "bob:secret");
        foreach (string path in (string[])["/", "/metrics", "/api/v1/stats", "/-/ready"])
        {
            await SendAsync(gateway, new HttpRequestMessage(HttpMethod.Get, path), new("Basic", Base64("bob:secret")), 200);
        }
        await SendAsync(gateway, new HttpRequestMessage(HttpMethod.Get, "/metrics"), new("Basic", Base64("ann:secret")), 401);
        await SendAsync(gateway, new HttpRequestMessage(HttpMethod.Get, "/metrics"), new("Bearer", "abc"), 401);

        string mapped = await File.ReadAllTextAsync(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{gateway.ProcessId}/maps"),
            TestContext.Current.CancellationToken);
        Assert.Contains("libc.so", mapped);
        Assert.DoesNotContain("libssl", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("libcrypto", mapped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebConfig_FromAPipe_IsReadOnce()
    {
        _folder.WriteConfig(Users);
        GatewayProcess gateway = await StartByScriptAsync(
            $"exec \"$0\" \"$@\" --web.config.file=<(cat {_folder.ConfigFile})");

        // By now it has polled often enough to have seen an empty file twice.
        await Deadline.UntilAsync(
            Deadline.Change,
            "the reload is refused",
            _ =>
            {
                gateway.Send(UnixSignal.HangUp);
                return Task.FromResult(gateway.Log.Split("not a regular file: a change needs a restart").Length > 3);
            },
            () => gateway.Log);
        await SendAsync(gateway, new HttpRequestMessage(HttpMethod.Get, "/metrics"), null, 401);
        await SendAsync(
            gateway, new HttpRequestMessage(HttpMethod.Get, "/metrics"), new("Basic", Base64("bob:secret")), 200);
    }

    private async Task<GatewayProcess> StartByScriptAsync(string script, params string[] flags) =>
        StoppedAtTheEnd(await GatewayProcess.StartByScriptAsync(script, flags));

    private static Task PutAsync(GatewayProcess gateway, HttpContent body, string? login = null) => SendAsync(
        gateway,
        new HttpRequestMessage(HttpMethod.Put, "/metrics/job/a") { Content = body },
        login is null ? null : new("Basic", Base64(login)),
        200);

    private static async Task SendAsync(
        GatewayProcess gateway, HttpRequestMessage request, AuthenticationHeaderValue? authorization, int status)
    {
        request.Headers.Authorization = authorization;
        using (request)
        {
            using HttpResponseMessage answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private static byte[] Gzip(string text)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.ASCII.GetBytes(text));
        }
        return output.ToArray();
    }
}
