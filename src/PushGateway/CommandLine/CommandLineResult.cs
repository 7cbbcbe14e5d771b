namespace PushGateway.CommandLine;

/// <summary>What the arguments ask for: run the server, check a running one, or print a text and exit.</summary>
internal abstract record CommandLineResult
{
    private CommandLineResult()
    {
    }

    public sealed record Run(GatewayOptions Options) : CommandLineResult;

    /// <summary>Check whether the gateway that runs with these options is ready.</summary>
    public sealed record Check(GatewayOptions Options) : CommandLineResult;

    /// <param name="Text">Whole lines, each with its newline.</param>
    public sealed record Print(string Text, OutputStream Stream, int ExitCode) : CommandLineResult;
}

internal enum OutputStream
{
    StandardOutput,
    StandardError,
}

/// <summary>A flag's value has the right form, but the server cannot start with it.</summary>
internal sealed class StartException(string message) : Exception(message);
