namespace PushGateway.CommandLine;

/// <summary>The action that the arguments select: run the server, check a running one, or print a text and exit.</summary>
internal abstract record CommandLineResult
{
    private CommandLineResult()
    {
    }

    public sealed record Run(GatewayOptions Options) : CommandLineResult;

    /// <summary>Check whether the gateway that runs with these options is ready.</summary>
    public sealed record Check(GatewayOptions Options) : CommandLineResult;

    /// <param name="Text">Complete lines, each with its newline.</param>
    public sealed record Print(string Text, OutputStream Stream, int ExitCode) : CommandLineResult;
}

internal enum OutputStream
{
    StandardOutput,
    StandardError,
}

/// <summary>The server cannot start with a well-formed value of a flag.</summary>
internal sealed class StartException(string message) : Exception(message);
