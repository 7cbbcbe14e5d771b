using PushGateway.CommandLine;

namespace PushGateway.Tools;

/// <summary>What the program does when its first argument is no flag: it looks at something, and ends.</summary>
/// <param name="Name">The words that it is called by.</param>
/// <param name="Arguments">What follows them, for --help.</param>
internal sealed record CliCommand(string Name, string Arguments, string Description, Func<CliContext, Task<int>> RunAsync)
{
    public static IReadOnlyList<CliCommand> All { get; } =
    [
        new(
            "check config", "<flags>",
            "Read the files of --web.config.file and --access.config.file as the server does, and tell what is wrong with"
            + " them: 0 if nothing is, else 1.",
            ConfigCheck.RunAsync),
        new(
            "check metrics", "[<flags>] < FILE",
            "Read metrics as a push does, and tell what Prometheus's conventions advise against: 0 if nothing is wrong, 1 if"
            + " a push would be refused, 3 for the latter.",
            MetricsCheck.RunAsync),
        new(
            "inspect", "FILE",
            "Tell what a persistence file and its journal hold, and whether they are damaged: 0 if not, else 1. Changes"
            + " nothing.",
            FileInspection.RunAsync),
        new("completion", "bash|zsh|fish", "Print a script that has the shell complete the flags.", CompletionScript.RunAsync),
    ];

    /// <summary>Runs the tool that the first arguments name; null if they name none.</summary>
    public static Task<int>? TryRun(string[] args, string program, Stream input, TextWriter output, TextWriter errors)
    {
        foreach (CliCommand tool in All)
        {
            string[] words = tool.Name.Split(' ');
            if (!args.AsSpan().StartsWith(words))
            {
                continue;
            }
            var call = new CliContext(program, args[words.Length..], input, output, errors);
            if (call.Arguments is not (["--help"] or ["-h"]))
            {
                return tool.RunAsync(call);
            }
            output.Write(HelpText.Render(new FlagDefinitions(), program));
            return Task.FromResult(0);
        }
        return null;
    }
}
