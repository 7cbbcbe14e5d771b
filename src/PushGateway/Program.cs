using PushGateway;
using PushGateway.CommandLine;
using PushGateway.Hosting;

string program = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
switch (CommandLineParser.Parse(args, program, BuildInfo.Current))
{
    case CommandLineResult.Run run:
        return await Gateway.RunAsync(run.Options);
    case CommandLineResult.Print print:
        TextWriter stream = print.Stream == OutputStream.StandardError ? Console.Error : Console.Out;
        await stream.WriteAsync(print.Text);
        return print.ExitCode;
    default:
        throw new InvalidOperationException("the command line asks for nothing");
}
