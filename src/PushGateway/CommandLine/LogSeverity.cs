namespace PushGateway.CommandLine;

/// <summary>The values of --log.level, least urgent first.</summary>
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
