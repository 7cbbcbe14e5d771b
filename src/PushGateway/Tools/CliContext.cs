using System.Diagnostics.CodeAnalysis;
using PushGateway.CommandLine;

namespace PushGateway.Tools;

/// <summary>One run of a command.</summary>
/// <param name="Program">The file name of the program.</param>
/// <param name="Arguments">The arguments after the command's name.</param>
/// <param name="OpenInput">Opens standard input, which may be unreadable.</param>
internal sealed record CliContext(
    string Program, string[] Arguments, Func<Stream> OpenInput, TextWriter Output, TextWriter Errors)
{
    public const int Failed = 1;

    /// <summary>Prints why the command did nothing. Returns the exit code.</summary>
    public int Fail(string error)
    {
        Errors.Write($"{Program}: error: {error}\n");
        return Failed;
    }

    /// <summary>Parses the arguments as the server's flags, or prints the error.</summary>
    public bool TryReadFlags([NotNullWhen(true)] out GatewayOptions? options)
    {
        CommandLineResult result = CommandLineParser.Parse(Arguments, Program, BuildInfo.Current);
        options = result switch
        {
            CommandLineResult.Run run => run.Options,
            CommandLineResult.Check check => check.Options,
            _ => null,
        };
        if (result is CommandLineResult.Print print)
        {
            Errors.Write(print.Text);
        }
        return options is not null;
    }
}
