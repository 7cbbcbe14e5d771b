namespace PushGateway.CommandLine;

/// <summary>What the arguments ask for: to run, to look at one that runs, or to print something and end.</summary>
internal abstract record CommandLineResult
{
    private CommandLineResult()
    {
    }

    public sealed record Run(GatewayOptions Options) : CommandLineResult;

    /// <summary>Ask the gateway that runs with these options whether it is ready.</summary>
    public sealed record Check(GatewayOptions Options) : CommandLineResult;

    /// <param name="Text">Whole lines, the last one ended too.</param>
    /// <param name="Stream">Where the text belongs.</param>
    /// <param name="ExitCode">What the program ends with.</param>
    public sealed record Print(string Text, OutputStream Stream, int ExitCode) : CommandLineResult;
}

internal enum OutputStream
{
    StandardOutput,
    StandardError,
}
