using System.Globalization;
using System.Text;
using Serilog.Core;
using Serilog.Events;

namespace PushGateway.Logging;

/// <summary>What both log formats write of an event: the same keys in the same order.</summary>
internal static class LogFields
{
    private const string OwnCategories = "PushGateway.";

    /// <summary>
    /// ts, level, caller, msg, and then what the message names, in its order. A value is a string, or something whose
    /// invariant text is JSON as well: a bool or a number.
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
            // EventId is what the logging framework adds by itself; the others are what the server's scopes add.
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

    private static string Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "info",
        LogEventLevel.Warning => "warn",
        _ => "error",
    };

    /// <summary>The logger's category, where Go has file and line; without what all of ours have in common.</summary>
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
            var other => other?.ToString() ?? "",
        }
        : value.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>The keys' spelling in a log line: loggedSource becomes logged_source.</summary>
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
