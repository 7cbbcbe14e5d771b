using System.Diagnostics.CodeAnalysis;
using PushGateway.CommandLine;

namespace PushGateway.Tools;

/// <summary>One run of a tool.</summary>
/// <param name="Program">The file name of the program.</param>
/// <param name="Arguments">Those behind the tool's name.</param>
internal sealed record CliContext(string Program, string[] Arguments, Stream Input, TextWriter Output, TextWriter Errors)
{
    public const int Failed = 1;

    /// <summary>Says why nothing was done. Gives the exit code.</summary>
    public int Refuse(string error)
    {
        Errors.Write($"{Program}: error: {error}\n");
        return Failed;
    }

    /// <summary>Reads the arguments as the server's flags; or says what is wrong with them.</summary>
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
