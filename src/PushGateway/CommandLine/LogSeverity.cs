namespace PushGateway.CommandLine;

/// <summary>The values of --log.level, least urgent first.</summary>
public enum LogSeverity
{
    Debug,
    Info,
    Warn,
    Error,
}
