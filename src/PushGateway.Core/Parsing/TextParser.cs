using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using PushGateway.Core.Model;

namespace PushGateway.Core.Parsing;

/// <summary>
/// Reads the Prometheus text exposition format, version 0.0.4, with quoted names. Takes and refuses what the Go
/// Pushgateway takes and refuses, with its messages.
/// </summary>
/// <remarks>
/// Source: the format's page in the Prometheus documentation, and prometheus/common, expfmt/text_parse.go, for what it
/// leaves open. The families view the body's memory; nothing of it is copied but what has escapes.
/// </remarks>
public sealed partial class TextParser
{
    private readonly FamilyBuilder _families;
    private string? _error;

    private TextParser(NameValidation validation, int bodyLength) =>
        _families = new FamilyBuilder(validation, bodyLength);

    /// <summary>Parses a whole body. An error leaves no families.</summary>
    /// <param name="families">The families that have samples, in the order in which they were first named.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> body,
        NameValidation validation,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        [NotNullWhen(false)] out PushError? error)
    {
        var parser = new TextParser(validation, body.Length);
        error = parser.ParseLines(body);
        families = error is null ? parser._families.Finish() : null;
        return families is not null;
    }

    /// <summary>body = *(line LF) [blanks]</summary>
    private PushError? ParseLines(ReadOnlyMemory<byte> body)
    {
        for (int lineNumber = 1; !body.IsEmpty; lineNumber++)
        {
            int length = body.Span.IndexOf((byte)'\n');
            bool terminated = length >= 0;
            ReadOnlyMemory<byte> line = terminated ? body[..length] : body;
            var cursor = new LineCursor(line, terminated);
            if (!ParseLine(ref cursor))
            {
                return PushError.AtLine(lineNumber, _error!);
            }
            body = terminated ? body[(length + 1)..] : default;
        }
        return null;
    }

    /// <summary>line = blanks [comment | sample]</summary>
    private bool ParseLine(ref LineCursor cursor)
    {
        cursor.SkipBlanks();
        switch (cursor.Current)
        {
            case LineCursor.EndOfInput or LineCursor.NewLine:
                return true;
            case '#':
                cursor.Skip();
                return ParseComment(ref cursor);
            case '{':
                _families.BeginSample();
                return ParseLabels(ref cursor, nameInBraces: true) && ParseValue(ref cursor);
            default:
                return ParseSample(ref cursor);
        }
    }

    /// <summary>sample = name blanks [labels] value; or labels with the name among them, then value</summary>
    private bool ParseSample(ref LineCursor cursor)
    {
        _families.BeginSample();
        if (!TakeMetricName(ref cursor, out Utf8String name))
        {
            return false;
        }
        if (name.IsEmpty)
        {
            return Fail("invalid metric name");
        }
        if (Fails(_families.SetSampleName(name)))
        {
            return false;
        }
        cursor.SkipBlanks();
        if (cursor.Current != '{')
        {
            return !Fails(_families.EndLabels()) && ParseValue(ref cursor);
        }
        return ParseLabels(ref cursor, nameInBraces: false) && ParseValue(ref cursor);
    }

    /// <summary>labels = "{" [item *("," item) [","]] "}"; item = label | name</summary>
    private bool ParseLabels(ref LineCursor cursor, bool nameInBraces)
    {
        cursor.Skip();
        while (true)
        {
            cursor.SkipBlanks();
            if (cursor.Current == '}')
            {
                break;
            }
            if (IsCutOff(cursor) || !ParseItem(ref cursor, nameInBraces))
            {
                return false;
            }
            if (cursor.Current == '}')
            {
                break;
            }
            cursor.Skip();
        }
        cursor.Skip();
        if (Fails(_families.EndLabels()))
        {
            return false;
        }
        cursor.SkipBlanks();
        return true;
    }

    /// <summary>One label or name; afterwards the cursor stands at the comma or brace behind it.</summary>
    private bool ParseItem(ref LineCursor cursor, bool nameInBraces)
    {
        if (!TakeLabelName(ref cursor, out Utf8String name))
        {
            return false;
        }
        if (name.IsEmpty)
        {
            return Fail($"invalid label name for metric {Quote(_families.FamilyName)}");
        }
        cursor.SkipBlanks();
        if (IsCutOff(cursor))
        {
            return false;
        }
        if (cursor.Current == '=')
        {
            cursor.Skip();
            return ParseLabelValue(ref cursor, name);
        }
        if (!nameInBraces)
        {
            return Fail($"expected '=' after label name, found {GoQuote.QuoteByte((byte)cursor.Current)}");
        }
        if (_families.SampleHasName)
        {
            return Fail($"multiple metric names for metric {Quote(_families.FamilyName)}");
        }
        if (cursor.Current is not (',' or '}'))
        {
            return Fail($"unexpected end of metric name {GoQuote.QuoteByte((byte)cursor.Current)}");
        }
        return !Fails(_families.SetSampleName(name));
    }

    /// <summary>label = name "=" quoted</summary>
    private bool ParseLabelValue(ref LineCursor cursor, Utf8String name)
    {
        if (Fails(_families.AddLabel(name)))
        {
            return false;
        }
        cursor.SkipBlanks();
        if (IsCutOff(cursor))
        {
            return false;
        }
        if (cursor.Current != '"')
        {
            return Fail(
                $"expected '\"' at start of label value, found {GoQuote.QuoteByte((byte)cursor.Current)}");
        }
        cursor.Skip();
        if (!cursor.TryTakeQuoted(out Utf8String value, out QuoteFault fault))
        {
            return FailQuoted("label value", value, fault);
        }
        if (Fails(_families.SetLabelValue(name, value)))
        {
            return false;
        }
        cursor.SkipBlanks();
        return !IsCutOff(cursor)
            && (cursor.Current is ',' or '}' || Fail($"unexpected end of label value {Quote(value.Span)}"));
    }

    /// <summary>value = float [blanks timestamp]</summary>
    private bool ParseValue(ref LineCursor cursor)
    {
        Utf8String token = cursor.TakeToken();
        if (IsCutOff(cursor))
        {
            return false;
        }
        if (!GoNumber.TryParse(token.Span, out double value))
        {
            return Fail($"expected float as value, got {Quote(token.Span)}");
        }
        return !Fails(_families.SetValue(value))
            && (cursor.Current == LineCursor.NewLine || ParseTimestamp(ref cursor));
    }

    /// <summary>timestamp = integer, and nothing more on the line</summary>
    private bool ParseTimestamp(ref LineCursor cursor)
    {
        cursor.SkipBlanks();
        Utf8String token = cursor.TakeToken();
        if (IsCutOff(cursor))
        {
            return false;
        }
        if (!long.TryParse(
            token.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long milliseconds)
            || token.Span.Contains((byte)0))
        {
            return Fail($"expected integer as timestamp, got {Quote(token.Span)}");
        }
        _families.SetTimestamp(milliseconds);
        Utf8String rest = cursor.TakeRest();
        return !IsCutOff(cursor)
            && (rest.IsEmpty || Fail($"spurious string after timestamp: {Quote(rest.Span)}"));
    }

    private bool TakeMetricName(ref LineCursor cursor, out Utf8String name) =>
        cursor.TryTakeMetricName(out name, out QuoteFault fault)
            ? !IsCutOff(cursor)
            : FailQuoted("metric name", name, fault);

    private bool TakeLabelName(ref LineCursor cursor, out Utf8String name) =>
        cursor.TryTakeLabelName(out name, out QuoteFault fault) || FailQuoted("label name", name, fault);

    private static string Quote(ReadOnlySpan<byte> text) => GoQuote.Quote(text);

    /// <summary>Whether the input ended where more of the line was expected; that is the error then.</summary>
    private bool IsCutOff(in LineCursor cursor) => cursor.AtEndOfInput && !Fail("unexpected end of input stream");

    private bool FailQuoted(string what, Utf8String text, QuoteFault fault)
    {
        if (fault.InEscape)
        {
            return FailEscape(fault);
        }
        return Fail(fault.At == LineCursor.EndOfInput
            ? "unexpected end of input stream"
            : $"{what} {Quote(text.Span)} contains unescaped new-line");
    }

    /// <summary>The byte is shown as the character of that number.</summary>
    private bool FailEscape(QuoteFault fault) => Fail(fault.At == LineCursor.EndOfInput
        ? "unexpected end of input stream"
        : $"invalid escape sequence '\\{new Rune((char)fault.At)}'");

    private bool Fails(string? error)
    {
        _error = error;
        return error is not null;
    }

    /// <summary>Always false, for the caller to return.</summary>
    private bool Fail(string error)
    {
        _error = error;
        return false;
    }
}
