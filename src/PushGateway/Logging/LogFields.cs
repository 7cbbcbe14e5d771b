using System.Globalization;
using System.Net;
using System.Text;
using Serilog.Core;
using Serilog.Events;

namespace PushGateway.Logging;

/// <summary>The fields of an event. Both log formats write the same keys in the same order.</summary>
internal static class LogFields
{
    private const string OwnCategories = "PushGateway.";
    private const int MaxErrors = 10;

    /// <summary>The maximum length of a message, which may quote everything that a client sent.</summary>
    private const int MaxValueLength = 8192;

    /// <summary>
    /// ts, level, caller, msg, and then the message's parameters in order. A value is a string, or a bool or number whose
    /// invariant text is valid JSON.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, object>> Of(LogEvent logEvent)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        yield return new("ts", logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", invariant));
        yield return new("level", Level(logEvent.Level));
        yield return new("caller", Caller(logEvent));
        yield return new("msg", logEvent.RenderMessage(invariant));
        foreach (KeyValuePair<string, LogEventPropertyValue> property in logEvent.Properties)
        {
            // The logging framework adds EventId, and the server's scopes add the others.
            if (property.Key is not (Constants.SourceContextPropertyName or "EventId"
                or "RequestId" or "RequestPath" or "ConnectionId"))
            {
                yield return new(SnakeCase(property.Key), Value(property.Value));
            }
        }

        if (logEvent.Exception is not null)
        {
            yield return new("exception", logEvent.Exception.ToString());
        }
    }

    /// <summary>The first ten errors of a message that lists one error per line, and the number of further ones.</summary>
    public static string FirstErrors(string message)
    {
        int end = -1;
        for (int line = 0; line <= MaxErrors; line++)
        {
            end = message.IndexOf('\n', end + 1);
            if (end < 0)
            {
                return message;
            }
        }
        int more = message.AsSpan(end).Count('\n');
        return string.Create(CultureInfo.InvariantCulture, $"{message.AsSpan(0, end)}\n… and {more} more");
    }

    private static string Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "info",
        LogEventLevel.Warning => "warn",
        _ => "error",
    };

    /// <summary>The logger's category without our common prefix. The Go Pushgateway shows file and line here.</summary>
    private static string Caller(LogEvent logEvent)
    {
        LogEventPropertyValue? property = logEvent.Properties.GetValueOrDefault(Constants.SourceContextPropertyName);
        string category = property is ScalarValue { Value: string name } ? name : "";
        bool isOwn = category.StartsWith(OwnCategories, StringComparison.Ordinal);
        return isOwn ? category[OwnCategories.Length..] : category;
    }

    private static object Value(LogEventPropertyValue value) => value is ScalarValue scalar
        ? scalar.Value switch
        {
            bool flag => flag,
            int or long or uint or ulong or short or ushort or byte or sbyte => scalar.Value,
            double number when double.IsFinite(number) => number,
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            var other => Bounded(other?.ToString() ?? ""),
        }
        : value.ToString(null, CultureInfo.InvariantCulture);

    private static string Bounded(string text) => text.Length <= MaxValueLength
        ? text
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{text.AsSpan(0, MaxValueLength)}… and {text.Length - MaxValueLength} more characters");

    /// <summary>loggedSource becomes logged_source.</summary>
    private static string SnakeCase(string name)
    {
        var key = new StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsAsciiLetterUpper(name[i]) && i > 0 && !char.IsAsciiLetterUpper(name[i - 1]))
            {
                key.Append('_');
            }

            key.Append(char.ToLowerInvariant(name[i]));
        }

        return key.ToString();
    }
}

internal static class RequestSource
{
    /// <summary>The address and port of the client; <c>unix</c> on a unix socket.</summary>
    public static string Source(this HttpContext context) =>
        Format(context.Connection.RemoteIpAddress, context.Connection.RemotePort);

    /// <param name="address">Null on a unix socket.</param>
    public static string Format(IPAddress? address, int port) => address is null ? "unix" : $"{address}:{port}";
}
