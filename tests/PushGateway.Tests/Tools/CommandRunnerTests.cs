using PushGateway.CommandLine;
using PushGateway.Tools;
using Xunit;

namespace PushGateway.Tests.Tools;

public sealed class CommandRunnerTests
{
    [Theory]
    [InlineData]
    [InlineData("--web.telemetry-path", "inspect")]
    [InlineData("--", "inspect")]
    [InlineData("check")]
    [InlineData("check", "--help")]
    [InlineData("check", "rules")]
    [InlineData("cluster")]
    [InlineData("cluster", "status")]
    [InlineData("Inspect", "file")]
    [InlineData("@inspect")]
    public void TryRun_ArgumentsOfTheServer_AreLeftAlone(params string[] args) =>
        Assert.Null(CommandRunner.TryRun(args, "prog", () => Stream.Null, TextWriter.Null, TextWriter.Null));

    [Theory]
    [InlineData("check", "config", "--help")]
    [InlineData("check", "metrics", "-h")]
    [InlineData("inspect", "--help")]
    [InlineData("cluster", "schema", "--help")]
    [InlineData("cluster", "import", "--help")]
    [InlineData("cluster", "export", "-h")]
    [InlineData("completion", "--help")]
    public async Task TryRun_HelpAskedFor_PrintsTheHelpOfAll(params string[] args)
    {
        ToolRun run = await ToolRun.OfAsync(args);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(HelpText.Render("prog"), run.Output);
        Assert.All(CliCommand.All, tool => Assert.Contains($"\n  {tool.Name} {tool.Arguments}", run.Output));
    }

    [Theory]
    [InlineData("expected one file", "inspect")]
    [InlineData("expected one file", "inspect", "")]
    [InlineData("expected one file", "inspect", "a", "b")]
    [InlineData("expected one file", "inspect", "--nope")]
    [InlineData("expected bash, zsh or fish", "completion")]
    [InlineData("expected bash, zsh or fish", "completion", "tcsh")]
    [InlineData("expected bash, zsh or fish", "completion", "bash", "zsh")]
    [InlineData("expected --web.config.file, --access.config.file or --lifecycle.config.file", "check", "config")]
    [InlineData("unexpected web.yml", "check", "config", "web.yml")]
    [InlineData("unknown long flag '--nope'", "check", "config", "--nope")]
    [InlineData("unexpected file", "check", "metrics", "file")]
    [InlineData("invalid size", "check", "metrics", "--push.max-body-size=much")]
    public async Task TryRun_WrongArguments_EndsWith1AndAReason(string reason, params string[] args)
    {
        ToolRun run = await ToolRun.OfAsync(args);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"prog: error: {reason}", run.Errors);
    }
}
