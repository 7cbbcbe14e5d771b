using Microsoft.AspNetCore.Http.Features;
using PushGateway.CommandLine;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace PushGateway.Logging;

/// <summary>Configures Serilog with the level and the format of the flags.</summary>
internal static class LoggingSetup
{
    /// <summary>Writes to standard error. Disposing the logger also disposes this sink, which ends the log.</summary>
    public static QueuedLogSink CreateSink(GatewayOptions options) =>
        new(CreateFormatter(options.LogFormat), Console.Error);

    /// <param name="configuration">A configuration with the sinks.</param>
    internal static Logger CreateLogger(GatewayOptions options, LoggerConfiguration configuration)
    {
        LogEventLevel level = ToEventLevel(options.LogLevel);
        // The framework logs every request at info, which the Go Pushgateway does not.
        LogEventLevel frameworkLevel = level < LogEventLevel.Warning ? LogEventLevel.Warning : level;
        return configuration
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", frameworkLevel)
            .MinimumLevel.Override("System", frameworkLevel)
            // If enabled, it creates an activity and a scope for each request, which no format shows.
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LevelAlias.Off)
            // A hostile client that resets streams makes it log hundreds of errors with stack traces.
            .MinimumLevel.Override("Microsoft.AspNetCore.Server.Kestrel.Http2", LevelAlias.Off)
            // The gateway itself logs why it does not start, in one line without a stack trace.
            .Filter.ByExcluding(logged => logged.MessageTemplate.Text == "Hosting failed to start")
            .CreateLogger();
    }

    internal static ITextFormatter CreateFormatter(LogFormat format) =>
        format == LogFormat.Json ? new JsonLineFormatter() : new LogfmtFormatter();

    /// <summary>Logs each request at debug level, with the path as sent.</summary>
    public static void UseRequestLog(this IApplicationBuilder app) => app.UseSerilogRequestLogging(options =>
    {
        options.Logger = app.ApplicationServices.GetRequiredService<Serilog.ILogger>();
        options.GetLevel = (_, _, _) => LogEventLevel.Debug;
        options.MessageTemplate = "request";
        options.GetMessageTemplateProperties = (context, _, milliseconds, status) =>
        [
            new LogEventProperty(Constants.SourceContextPropertyName, new ScalarValue("Http")),
            new LogEventProperty("Method", new ScalarValue(context.Request.Method)),
            new LogEventProperty("Path", new ScalarValue(
                context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0])),
            new LogEventProperty("LoggedSource", new ScalarValue(context.Source())),
            new LogEventProperty("Status", new ScalarValue(status)),
            new LogEventProperty("DurationMs", new ScalarValue(Math.Round(milliseconds, 1))),
        ];
    });

    private static LogEventLevel ToEventLevel(LogSeverity level) => level switch
    {
        LogSeverity.Debug => LogEventLevel.Debug,
        LogSeverity.Info => LogEventLevel.Information,
        LogSeverity.Warn => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };
}
