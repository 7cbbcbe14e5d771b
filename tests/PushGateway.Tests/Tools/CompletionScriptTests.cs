using PushGateway.CommandLine;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Tools;

/// <summary>pushgateway completion</summary>
public sealed class CompletionScriptTests
{
    [Theory]
    [InlineData("--log.l", "--log.level=")]
    [InlineData("--web.enable", "--web.enable-lifecycle --web.enable-admin-api --web.enable-openmetrics")]
    [InlineData("--no-persistence.j", "--no-persistence.journal")]
    [InlineData("--log.level =", "debug info warn error")]
    [InlineData("--log.level = w", "warn")]
    [InlineData("--log.level w", "warn")]
    [InlineData("--persistence.fsync = a", "always")]
    [InlineData("--web.config.file = /proc/self/moun", "/proc/self/mounts /proc/self/mountinfo /proc/self/mountstats")]
    [InlineData("--web.listen-address = x", "")]
    [InlineData("c", "check cluster completion")]
    [InlineData("cluster ", "schema import export")]
    [InlineData("cluster import /proc/self/moun", "/proc/self/mounts /proc/self/mountinfo /proc/self/mountstats")]
    [InlineData("cluster export file --cluster.n", "--cluster.name=")]
    [InlineData("check ", "config metrics")]
    [InlineData("check config --access", "--access.config.file=")]
    [InlineData("inspect /proc/self/moun", "/proc/self/mounts /proc/self/mountinfo /proc/self/mountstats")]
    [InlineData("completion ", "bash zsh fish")]
    [InlineData("--log.level = info c", "")]
    public async Task Bash_Words_AreCompleted(string typed, string offered)
    {
        string bash = EndToEnd.Processes.Tool.PathOrSkip("bash", "bash");
        ToolRun script = await ToolRun.OfAsync("completion", "bash");
        string[] words = ["pushgateway", .. typed.Split(' ')];

        // compopt is for a completion that readline has begun.
        ToolResult result = await ChildProcess.RunAsync(
            bash,
            ["-euc", $"eval \"$SCRIPT\"; compopt() {{ :; }}; COMP_WORDS=({string.Join(' ', words.Select(word => $"'{word}'"))}); "
                + $"COMP_CWORD={words.Length - 1}; _pushgateway; echo \"${{COMPREPLY[*]-}}\""],
            ("SCRIPT", script.Output));

        Assert.Equal(
            offered.Split(' ').Order(StringComparer.Ordinal),
            result.OutputOfSuccess().TrimEnd('\n').Split(' ').Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("bash", "{0}")]
    [InlineData("zsh", "{0}")]
    [InlineData("fish", " -l {1} ")]
    public async Task Script_EveryFlag_IsInIt(string shell, string form)
    {
        ToolRun script = await ToolRun.OfAsync("completion", shell);

        Assert.Equal((0, ""), (script.ExitCode, script.Errors));
        var flags = FlagTable.All.Where(flag => !flag.IsHidden).ToList();
        Assert.True(flags.Count > 25);
        Assert.All(flags, flag => Assert.Contains(
            form.Replace("{0}", flag.Name, StringComparison.Ordinal).Replace("{1}", flag.Name[2..], StringComparison.Ordinal),
            script.Output));
        Assert.All(["config", "metrics", "inspect", "completion", "logfmt", "interval"], word => Assert.Contains(word, script.Output));
    }

    [Theory]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Script_ToItsShell_HasNoSyntaxErrors(string shell)
    {
        string path = EndToEnd.Processes.Tool.PathOrSkip(shell, shell);
        ToolRun script = await ToolRun.OfAsync("completion", shell);

        ToolResult result = await ChildProcess.RunAsync("/bin/sh", ["-euc", "printf %s \"$SCRIPT\" | \"$SHELL\" -n /dev/stdin"], ("SHELL", path), ("SCRIPT", script.Output));

        Assert.Equal("", result.OutputOfSuccess() + result.Errors);
    }
}
