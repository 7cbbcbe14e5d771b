using PushGateway.Tests.Access;
using Xunit;

namespace PushGateway.Tests.Tools;

/// <summary>pushgateway check config</summary>
public sealed class ConfigCheckTests : IDisposable
{
    private readonly AccessFolder _folder = new();

    private string WebFile => _folder.Web.ConfigFile;

    private string AccessFile => _folder.Web.PathOf("access.yml");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_GoodFiles_SaysSo()
    {
        _folder.WriteUsers("bob");
        _folder.Write("roles:\n  pushers:\n    permissions: [push]\n    users: [bob]\n");

        ToolRun run = await RunAsync();

        Assert.Equal(new ToolRun(0, $"{WebFile}: OK\n{AccessFile}: OK\n", ""), run);
    }

    [Fact]
    public async Task Check_Directories_AreToldAsThat()
    {
        string folder = Path.GetDirectoryName(WebFile)!;
        _folder.Web.WriteConfig($"tls_server_config:\n  cert_file: {folder}\n  key_file: {folder}\n");

        ToolRun named = await ToolRun.OfAsync("check", "config", $"--web.config.file={WebFile}");
        ToolRun itself = await ToolRun.OfAsync("check", "config", $"--access.config.file={folder}");
        ToolRun arguments = await ToolRun.OfAsync("check", "config", $"@{folder}");

        Assert.Equal(new ToolRun(1, "", $"{WebFile}: {folder} is a directory\n"), named);
        Assert.Equal(new ToolRun(1, "", $"{folder}: {folder} is a directory\n"), itself);
        Assert.Contains($"read {folder}: is a directory", arguments.Errors);
    }

    [Fact]
    public async Task Check_SeveralErrors_AreToldWithTheirLines()
    {
        _folder.Web.WriteConfig("http_server_config:\n  http3: true\nbasic_auth_users:\n  bob: secret\n");
        _folder.Write("health: maybe\nroles:\n  pushers:\n    permissions: [shove]\n    users: [bob]\n");

        ToolRun run = await RunAsync();

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        string[] lines = run.Errors.TrimEnd('\n').Split('\n');
        Assert.Equal(
            [$"{WebFile}: line 2", $"{WebFile}: line 4", $"{AccessFile}: line 1", $"{AccessFile}: line 4"],
            lines.Select(line => string.Join(':', line.Split(':')[..2])));
        Assert.Contains("http3", lines[0]);
        Assert.Contains("bob", lines[1]);
        Assert.Contains("open or closed, not \"maybe\"", lines[2]);
        Assert.Contains("\"shove\"", lines[3]);
    }

    [Fact]
    public async Task Check_UserWhomTheWebConfigDoesNotHave_IsAnError()
    {
        _folder.WriteUsers("bob");
        _folder.Write("roles:\n  pushers:\n    permissions: [push]\n    users: [bobby]\n");

        ToolRun run = await RunAsync();

        Assert.Equal((1, $"{WebFile}: OK\n"), (run.ExitCode, run.Output));
        Assert.StartsWith($"{AccessFile}: line 4: users has \"bobby\"", run.Errors);
    }

    /// <summary>That users are missing would be no news then.</summary>
    [Fact]
    public async Task Check_BadWebConfig_HidesNothingElse()
    {
        _folder.Web.WriteConfig("no_such_key: 1\n");
        _folder.Write("roles:\n  pushers:\n    permissions: [push]\n    users: [bob]\n");

        ToolRun run = await RunAsync();

        Assert.Equal((1, $"{AccessFile}: OK\n"), (run.ExitCode, run.Output));
        Assert.StartsWith($"{WebFile}: line 1: ", run.Errors);
        Assert.Single(run.Errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Check_CertificateThatIsNotThere_IsAnError()
    {
        _folder.Web.WriteTlsConfig();

        ToolRun run = await ToolRun.OfAsync("check", "config", _folder.Web.Flag);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"{WebFile}: ", run.Errors);
        Assert.Contains("server.crt", run.Errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\u0001\u0002\ufffd\u001b[31m")]
    [InlineData("a: &x [*x, *x]\n")]
    [InlineData("{{{{{{{{{{{{{{{{{{{{")]
    public async Task Check_FileThatIsNoConfig_EndsInGoodOrder(string content)
    {
        _folder.Web.WriteConfig(content);

        ToolRun run = await ToolRun.OfAsync("check", "config", _folder.Web.Flag);

        // As in the Go Pushgateway, an empty file is a config without settings.
        Assert.Equal(content.Length == 0 ? 0 : 1, run.ExitCode);
        Assert.StartsWith($"{WebFile}: ", content.Length == 0 ? run.Output : run.Errors);
    }

    [Fact]
    public async Task Check_NoFileOrAFolder_IsAnError()
    {
        ToolRun missing = await ToolRun.OfAsync("check", "config", _folder.Flag);
        ToolRun folder = await ToolRun.OfAsync("check", "config", $"--web.config.file={Path.GetTempPath()}");

        Assert.Equal((1, 1), (missing.ExitCode, folder.ExitCode));
        Assert.StartsWith($"{AccessFile}: ", missing.Errors);
        Assert.StartsWith(Path.GetTempPath(), folder.Errors);
    }

    private Task<ToolRun> RunAsync() => ToolRun.OfAsync("check", "config", _folder.Web.Flag, _folder.Flag);
}
