using System.Text.Json.Nodes;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>--lifecycle.config.file of the published binary, from outside: check, start, and reload.</summary>
public sealed class LifecycleFileTests : GatewayTests
{
    private const string Bad = "rules:\n- match: '{job=\"a\"}'\n  ttl: soon\n- match: up\n  max_groups: 0\n";
    private const string Reloaded = "lifecycle config file reloaded";
    private const string Invalid = "lifecycle config file invalid; keeping the previous one";

    private static readonly string[] Errors =
    [
        "line 3: ttl is not a duration such as 15m, 1d12h or 0: \"soon\"",
        "line 4: match matches only the labels of the URL, which have no metric name",
        "line 5: max_groups has to be a number of at least 1, not \"0\"",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-rules-");

    private string RulesFile => Path.Combine(_folder.FullName, "lifecycle.yml");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task CheckConfig_GoodAndBadFile_SaysSo()
    {
        Write("1h");
        ToolResult good = await RunAsync("check", "config", $"--lifecycle.config.file={RulesFile}");
        Assert.Equal($"{RulesFile}: OK\n", good.OutputOfSuccess());

        await File.WriteAllTextAsync(RulesFile, Bad, TestContext.Current.CancellationToken);
        ToolResult bad = await RunAsync("check", "config", $"--lifecycle.config.file={RulesFile}");

        Assert.Equal(1, bad.ExitCode);
        Assert.All(Errors, error => Assert.Contains(error, bad.Output + bad.Errors));
    }

    [Fact]
    public async Task Start_WithABadFile_EndsWithExitCode1AndAllErrors()
    {
        await File.WriteAllTextAsync(RulesFile, Bad, TestContext.Current.CancellationToken);

        ToolResult result = await RunAsync("--web.listen-address=127.0.0.1:0", $"--lifecycle.config.file={RulesFile}");

        Assert.Equal(1, result.ExitCode);
        Assert.All(Errors, error => Assert.Contains(error, Unquoted(result.Output + result.Errors)));
    }

    [Fact]
    public async Task Reload_OnChangeAndOnHangUp_HoldsForWhatIsStored()
    {
        Write("1h");
        GatewayProcess gateway = await StartGatewayAsync($"--lifecycle.config.file={RulesFile}");
        await gateway.PushAsync("job/a", "x 1\n");
        Assert.Equal(3600, await TimeToLiveAsync(gateway));

        Write("2h");
        await WaitForLogAsync(gateway, Reloaded, 1);
        Assert.Equal(7200, await TimeToLiveAsync(gateway));

        gateway.Send(UnixSignal.HangUp);
        await WaitForLogAsync(gateway, Reloaded, 2);

        Write("1ms");
        await WaitForLogAsync(gateway, "groups expired", 1);
        Assert.Empty(await gateway.GroupsAsync());
    }

    [Fact]
    public async Task Reload_BadFile_LogsAllErrorsAndKeepsTheLastGoodOne()
    {
        Write("1h");
        GatewayProcess gateway = await StartGatewayAsync($"--lifecycle.config.file={RulesFile}");
        await gateway.PushAsync("job/a", "x 1\n");

        await File.WriteAllTextAsync(RulesFile, Bad, TestContext.Current.CancellationToken);
        await WaitForLogAsync(gateway, Invalid, 1);
        Assert.All(Errors, error => Assert.Contains(error, Unquoted(gateway.Log)));
        gateway.Send(UnixSignal.HangUp);
        await WaitForLogAsync(gateway, Invalid, 2);
        File.Delete(RulesFile);
        await WaitForLogAsync(gateway, Invalid, 3);
        Assert.Equal(3600, await TimeToLiveAsync(gateway));

        Write("2h");
        await WaitForLogAsync(gateway, Reloaded, 1);
        Assert.Equal(7200, await TimeToLiveAsync(gateway));
    }

    /// <summary>Kubernetes replaces what a ConfigMap holds by one rename of a link.</summary>
    [Fact]
    public async Task Reload_FileBehindALinkThatMoves_IsNoticed()
    {
        foreach ((string version, string text) in ((string, string)[])[("v1", Rule("1h")), ("v2", Rule("2h"))])
        {
            DirectoryInfo data = _folder.CreateSubdirectory(version);
            await File.WriteAllTextAsync(
                Path.Combine(data.FullName, "lifecycle.yml"), text, TestContext.Current.CancellationToken);
        }
        string link = Path.Combine(_folder.FullName, "..data");
        Directory.CreateSymbolicLink(link, "v1");
        File.CreateSymbolicLink(RulesFile, "..data/lifecycle.yml");
        GatewayProcess gateway = await StartGatewayAsync($"--lifecycle.config.file={RulesFile}");
        await gateway.PushAsync("job/a", "x 1\n");

        File.CreateSymbolicLink($"{link}_tmp", "v2");
        (await ChildProcess.RunAsync("/bin/mv", ["-T", $"{link}_tmp", link])).OutputOfSuccess();

        await WaitForLogAsync(gateway, Reloaded, 1);
        Assert.Equal(7200, await TimeToLiveAsync(gateway));
    }

    private void Write(string timeToLive) => File.WriteAllText(RulesFile, Rule(timeToLive));

    private static string Rule(string timeToLive) => $"rules: [{{match: '{{job=\"a\"}}', ttl: {timeToLive}}}]\n";

    private static async Task<double?> TimeToLiveAsync(GatewayProcess gateway)
    {
        string json = await gateway.Client.GetStringAsync("/api/v1/groups/job/a", TestContext.Current.CancellationToken);
        return (double?)JsonNode.Parse(json)!["data"]!["ttl"];
    }

    private static Task WaitForLogAsync(GatewayProcess gateway, string message, int times) => Deadline.UntilAsync(
        Deadline.Change,
        $"the log has \"{message}\" {times} times",
        _ => Task.FromResult(gateway.Log.Split(message).Length - 1 == times),
        () => gateway.Log);

    private static string Unquoted(string log) => log.Replace("\\\"", "\"", StringComparison.Ordinal);

    private static Task<ToolResult> RunAsync(params string[] arguments) =>
        ChildProcess.RunAsync(GatewayBinary.PathOrSkip(), arguments);
}
