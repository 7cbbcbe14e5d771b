using System.Globalization;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.WebConfig;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>docs/tls-and-users.md, followed step by step, and the example of docs/web-config.md.</summary>
public sealed class TlsPageTests : GatewayTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tls-page-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Steps_InOrder_EndInAPush()
    {
        Tool.PathOrSkip("openssl", "openssl");
        IReadOnlyList<PageScript> scripts = PageScript.Of("tls-and-users.md");
        string port = LoopbackPort.Next().ToString(CultureInfo.InvariantCulture);
        await RunAsync(scripts.Single(script => script.Script.StartsWith("openssl ", StringComparison.Ordinal)).Script);
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "web.yml"), PageScript.BlockOf("tls-and-users.md", "yaml"), TestContext.Current.CancellationToken);

        string[] start = scripts.Single(script => script.Script.Contains("check config", StringComparison.Ordinal)).Script.Trim().Split('\n');
        Assert.Contains("OK", await RunAsync(start[0]), StringComparison.Ordinal);
        StoppedAtTheEnd(ChildProcess.Start(
            GatewayBinary.PathOrSkip(), [.. start[1].Split(' ')[1..], $"--web.listen-address=localhost:{port}"], _folder.FullName));
        string push = scripts.Single(script => script.Script.Contains("--user backup:secret", StringComparison.Ordinal)).Script
            .Replace("9091", port, StringComparison.Ordinal);

        await RunAsync(push.Replace("curl ", "curl --silent --show-error --retry 20 --retry-connrefused ", StringComparison.Ordinal));
        ToolResult withoutUser = await ChildProcess.RunAsync(
            "/bin/sh", ["-euc", $"cd {_folder.FullName}\n{push.Replace("--user backup:secret ", "", StringComparison.Ordinal)}"]);

        Assert.NotEqual(0, withoutUser.ExitCode);
        Assert.Contains("401", withoutUser.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void WebConfigPage_ExampleFile_IsValid()
    {
        Assert.True(
            WebConfigDocument.TryParse(PageScript.BlockOf("web-config.md", "yaml"), out WebConfigDocument? document, out string? error), error);
        Assert.Equal(["backup"], document.Users.Keys);
        Assert.Equal(200, document.RateLimit!.Burst);
    }

    private async Task<string> RunAsync(string script) => (await ChildProcess.RunAsync(
        "/bin/sh",
        ["-euc", $"cd {_folder.FullName}\npushgateway() {{ '{GatewayBinary.PathOrSkip()}' \"$@\"; }}\n{script}"])).OutputOfSuccess();
}
