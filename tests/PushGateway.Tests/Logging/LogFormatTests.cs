using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using PushGateway.CommandLine;
using PushGateway.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;
using Xunit;
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace PushGateway.Tests.Logging;

public class LogFormatTests
{
    [Fact]
    public void Logfmt_OwnMessage_HasUpstreamsKeysInOrder()
    {
        string line = Write(LogFormat.Logfmt, logger => logger.TlsIsDisabled(false, "127.0.0.1:9091"));
        Assert.Matches(@"^ts=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=info ", line);
        Assert.EndsWith(
            " level=info caller=Http.PushEndpoint msg=\"TLS is disabled.\" http2=false address=127.0.0.1:9091\n", line);
    }

    [Fact]
    public void Json_OwnMessage_HasUpstreamsKeysInOrder()
    {
        string line = Write(LogFormat.Json, logger => logger.TlsIsDisabled(false, ":9091"));
        Assert.EndsWith(
            """
            ,"level":"info","caller":"Http.PushEndpoint","msg":"TLS is disabled.","http2":false,"address":":9091"}

            """,
            line);
        Assert.StartsWith("{\"ts\":\"", line);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("back\\slash", "back\\slash")]
    [InlineData("é😀", "é😀")]
    [InlineData("", "\"\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("a=b", "\"a=b\"")]
    [InlineData("a\"b\\", "\"a\\\"b\\\\\"")]
    [InlineData("a\nlevel=error", "\"a\\nlevel=error\"")]
    [InlineData("\u001b[2J\u007f", "\"\\x1b[2J\\x7f\"")]
    [InlineData("\u0085\u2028\u00a0", "\"\\u0085\\u2028\\u00a0\"")]
    public void Logfmt_Value_IsQuotedWhereNeeded(string value, string written) =>
        Assert.EndsWith($" err={written}\n", Write(LogFormat.Logfmt, logger => logger.GatheringFailed(value)));

    [Theory]
    [InlineData("plain é <>&'")]
    [InlineData("a\"b\\\nc\u0085\u2028\u001b\u007f😀")]
    public void Json_Value_IsOneLineAndReadsBack(string value)
    {
        string line = Write(LogFormat.Json, logger => logger.GatheringFailed(value));
        Assert.Equal(line.Length - 1, line.AsSpan().IndexOfAny('\n', '\u0085', '\u2028'));
        Assert.Equal(value, JsonDocument.Parse(line).RootElement.GetProperty("err").GetString());
    }

    [Fact]
    public void Logfmt_CamelCaseParameter_BecomesSnakeCase()
    {
        string line = Write(LogFormat.Logfmt, logger => logger.PushRejected("PUT", "/", "1.2.3.4:5", "e"));
        Assert.EndsWith(" method=PUT url=/ logged_source=1.2.3.4:5 err=e\n", line);
    }

    [Theory]
    [InlineData(LogFormat.Logfmt, " a=1 b=1.5 exception=\"System.IO.IOException: two\\nlines\"\n")]
    [InlineData(LogFormat.Json, ",\"a\":1,\"b\":1.5,\"exception\":\"System.IO.IOException: two\\nlines\"}\n")]
    [SuppressMessage("Performance", "CA1848", Justification = "The framework's own messages come this way.")]
    public void Either_FrameworkMessage_KeepsValuesAndException(LogFormat format, string end)
    {
        string line = Write(
            format, logger => logger.LogError(new IOException("two\nlines"), "x {A} {B}", 1, 1.5));
        Assert.EndsWith(end, line);
    }

    [Theory]
    [InlineData(LogSeverity.Debug, "debug info warn error")]
    [InlineData(LogSeverity.Info, "info warn error")]
    [InlineData(LogSeverity.Warn, "warn error")]
    [InlineData(LogSeverity.Error, "error")]
    public void CreateLogger_Level_DropsWhatIsBelow(LogSeverity level, string kept)
    {
        string lines = Write(
            LogFormat.Logfmt,
            logger =>
            {
                logger.WipingStore("PUT", "/api/v1/admin/wipe", "1.2.3.4:5");
                logger.ServerStopped();
                logger.ReceivedQuitRequest();
                logger.GatheringFailed("e");
            },
            level);
        IEnumerable<string> levels = lines.Split('\n')[..^1].Select(line => line.Split(' ')[1]);
        Assert.Equal(kept, string.Join(' ', levels).Replace("level=", ""));
    }

    [Fact]
    public void CreateLogger_FrameworkCategory_IsHeardFromWarnOn()
    {
        string lines = Write(
            LogFormat.Logfmt,
            logger =>
            {
                logger.ServerStopped();
                logger.ReceivedQuitRequest();
            },
            category: "Microsoft.AspNetCore.Hosting");
        Assert.Contains("level=warn caller=Microsoft.AspNetCore.Hosting ", lines);
        Assert.DoesNotContain("level=info", lines);
    }

    private static string Write(
        LogFormat format,
        Action<ILogger> log,
        LogSeverity level = LogSeverity.Debug,
        string category = "PushGateway.Http.PushEndpoint")
    {
        var sink = new TextSink(LoggingSetup.CreateFormatter(format));
        using (var factory = new SerilogLoggerFactory(LoggingSetup.CreateLogger(
            new GatewayOptions { LogLevel = level }, new LoggerConfiguration().WriteTo.Sink(sink)), dispose: true))
        {
            log(factory.CreateLogger(category));
        }

        return sink.Text.ToString();
    }

    private sealed class TextSink(ITextFormatter formatter) : ILogEventSink
    {
        public StringWriter Text { get; } = new();

        public void Emit(LogEvent logEvent) => formatter.Format(logEvent, Text);
    }
}
