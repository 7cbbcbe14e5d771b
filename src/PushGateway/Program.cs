using PushGateway;
using PushGateway.CommandLine;
using PushGateway.Hosting;
using PushGateway.Tools;

InheritedState.Reset();
string program = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
if (CommandRunner.TryRun(args, program, Console.OpenStandardInput, Console.Out, Console.Error) is { } tool)
{
    return await tool;
}
string[] arguments = HealthCheck.MergeServerFlags(args, "/proc");
switch (CommandLineParser.Parse(arguments, program, BuildInfo.Current))
{
    case CommandLineResult.Run run:
        return await Gateway.RunAsync(run.Options);
    case CommandLineResult.Check check:
        return await PrintAsync(await HealthCheck.RunAsync(check.Options));
    case CommandLineResult.Print print:
        return await PrintAsync(print);
    default:
        throw new InvalidOperationException("unknown result of the command line");
}

static async Task<int> PrintAsync(CommandLineResult.Print print)
{
    TextWriter stream = print.Stream == OutputStream.StandardError ? Console.Error : Console.Out;
    await stream.WriteAsync(print.Text);
    return print.ExitCode;
}
