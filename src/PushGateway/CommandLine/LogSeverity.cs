namespace PushGateway.CommandLine;

/// <summary>The values of --log.level, in order of increasing severity.</summary>
public enum LogSeverity
{
    Debug,
    Info,
    Warn,
    Error,
}

/// <summary>The values of --log.format.</summary>
public enum LogFormat
{
    Logfmt,
    Json,
}
