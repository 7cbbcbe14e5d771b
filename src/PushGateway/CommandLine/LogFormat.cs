namespace PushGateway.CommandLine;

/// <summary>The values of --log.format.</summary>
public enum LogFormat
{
    Logfmt,
    Json,
}
