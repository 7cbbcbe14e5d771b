using System.Globalization;
using System.Text.Encodings.Web;
using Serilog.Events;
using Serilog.Formatting;

namespace PushGateway.Logging;

/// <summary>Writes an event as one line of JSON, with the keys of <see cref="LogfmtFormatter"/>.</summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    /// <summary>Leaves angle brackets and non-ASCII letters readable, since a log is not embedded in HTML.</summary>
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
