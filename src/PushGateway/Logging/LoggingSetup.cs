using PushGateway.CommandLine;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;

namespace PushGateway.Logging;

/// <summary>Where log messages go and in which shape: standard error, as --log.level and --log.format say.</summary>
internal static class LoggingSetup
{
    /// <summary>The caller disposes the factory at the end of the program; that flushes it.</summary>
    public static ILoggerFactory CreateLoggerFactory(GatewayOptions options)
    {
        LoggerConfiguration configuration = new LoggerConfiguration()
            .WriteTo.Console(CreateFormatter(options.LogFormat), standardErrorFromLevel: LogEventLevel.Verbose);
        return CreateLoggerFactory(options, configuration);
    }

    /// <summary>The same levels, for a sink of the caller's choice.</summary>
    internal static ILoggerFactory CreateLoggerFactory(GatewayOptions options, LoggerConfiguration sink)
    {
        LogEventLevel level = ToEventLevel(options.LogLevel);
        // The framework tells of every request at info, which the Go Pushgateway does not.
        LogEventLevel frameworkLevel = level < LogEventLevel.Warning ? LogEventLevel.Warning : level;
        Serilog.Core.Logger logger = sink
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", frameworkLevel)
            .MinimumLevel.Override("System", frameworkLevel)
            // As long as it might log, it makes an activity and a scope for each request, which nothing here shows.
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LevelAlias.Off)
            // A client that resets streams for fun makes it call errors, with their stacks, by the hundred.
            .MinimumLevel.Override("Microsoft.AspNetCore.Server.Kestrel.Http2", LevelAlias.Off)
            .CreateLogger();
        return new SerilogLoggerFactory(logger, dispose: true);
    }

    internal static ITextFormatter CreateFormatter(LogFormat format) =>
        format == LogFormat.Json ? new JsonLineFormatter() : new LogfmtFormatter();

    private static LogEventLevel ToEventLevel(LogSeverity level) => level switch
    {
        LogSeverity.Debug => LogEventLevel.Debug,
        LogSeverity.Info => LogEventLevel.Information,
        LogSeverity.Warn => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };
}
