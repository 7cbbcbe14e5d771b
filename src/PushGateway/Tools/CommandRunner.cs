using PushGateway.CommandLine;

namespace PushGateway.Tools;

/// <summary>Runs the commands of <see cref="CliCommand"/>.</summary>
internal static class CommandRunner
{
    private static readonly Dictionary<CliCommand, Func<CliContext, Task<int>>> Commands = new()
    {
        [CliCommand.CheckConfig] = ConfigCheck.RunAsync,
        [CliCommand.CheckMetrics] = MetricsCheck.RunAsync,
        [CliCommand.Inspect] = FileInspection.RunAsync,
        [CliCommand.ClusterSchema] = ClusterScript.RunAsync,
        [CliCommand.ClusterImport] = ClusterImport.RunAsync,
        [CliCommand.ClusterExport] = ClusterExport.RunAsync,
        [CliCommand.Completion] = CompletionScript.RunAsync,
    };

    /// <summary>Runs the command that the first arguments name. Null if they name none.</summary>
    public static Task<int>? TryRun(
        string[] args, string program, Func<Stream> openInput, TextWriter output, TextWriter errors)
    {
        CliCommand? command = CliCommand.All.FirstOrDefault(command => args.AsSpan().StartsWith(command.Name.Split(' ')));
        if (command is null)
        {
            return null;
        }
        string[] arguments = args[command.Name.Split(' ').Length..];
        if (arguments is ["--help"] or ["-h"])
        {
            output.Write(HelpText.Render(program));
            return Task.FromResult(0);
        }
        return Commands[command](new CliContext(program, arguments, openInput, output, errors));
    }
}
