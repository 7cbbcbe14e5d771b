using System.Globalization;
using System.Text.Encodings.Web;
using Serilog.Events;
using Serilog.Formatting;

namespace PushGateway.Logging;

/// <summary>One event, one JSON object in one line, with the keys of <see cref="LogfmtFormatter"/>.</summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    /// <summary>A log is no web page: angle brackets and letters beyond ASCII stay readable.</summary>
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public void Format(LogEvent logEvent, TextWriter output)
    {
        char separator = '{';
        foreach (KeyValuePair<string, object> field in LogFields.Of(logEvent))
        {
            output.Write(separator);
            WriteString(field.Key, output);
            output.Write(':');
            WriteValue(field.Value, output);
            separator = ',';
        }

        output.Write("}\n");
    }

    private static void WriteValue(object value, TextWriter output)
    {
        switch (value)
        {
            case string text:
                WriteString(text, output);
                break;
            case bool flag:
                output.Write(flag ? "true" : "false");
                break;
            default:
                output.Write(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void WriteString(string text, TextWriter output)
    {
        output.Write('"');
        Encoder.Encode(output, text);
        output.Write('"');
    }
}
