using System.Globalization;
using System.Text;
using Serilog.Events;
using Serilog.Formatting;

namespace PushGateway.Logging;

/// <summary>
/// Writes an event as one line, quoted like Go's <c>log/slog</c> text handler:
/// <c>ts=2026-11-21T11:15:27.149Z level=info caller=Hosting msg="Listening on" address=127.0.0.1:9091</c>
/// </summary>
internal sealed class LogfmtFormatter : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        string separator = "";
        foreach (KeyValuePair<string, object> field in LogFields.Of(logEvent))
        {
            output.Write(separator);
            output.Write(QuoteIfNeeded(field.Key));
            output.Write('=');
            output.Write(QuoteIfNeeded(Text(field.Value)));
            separator = " ";
        }

        output.Write('\n');
    }

    private static string Text(object value) =>
        value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string QuoteIfNeeded(string text) =>
        text.Length == 0 || text.EnumerateRunes().Any(NeedsQuotes) ? GoQuote.Quote(text) : text;

    // A backslash alone needs no quotes. Go also leaves U+007F unquoted, but a terminal might interpret it.
    private static bool NeedsQuotes(Rune rune) =>
        rune.Value is ' ' or '=' or '"' || rune == Rune.ReplacementChar || !GoQuote.IsPrintable(rune);
}
