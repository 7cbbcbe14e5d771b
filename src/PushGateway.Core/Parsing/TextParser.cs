using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PushGateway.Core.Parsing;

/// <summary>
/// Parses the Prometheus text exposition format, version 0.0.4, with quoted names. Accepts and rejects the same input
/// as the Go Pushgateway, with the same messages.
/// </summary>
/// <remarks>
/// Source: the format's page in the Prometheus documentation, and prometheus/common, expfmt/text_parse.go. The families
/// are views of the body's memory, except for text with escapes.
/// </remarks>
public sealed partial class TextParser
{
    private readonly FamilyBuilder _families;
    private string? _error;

    private TextParser(NameValidation validation, int bodyLength, BodyLimits limits) =>
        _families = new FamilyBuilder(validation, bodyLength, limits);

    /// <summary>Parses a whole body, however large.</summary>
    /// <inheritdoc cref="TryParse(ReadOnlyMemory{byte}, NameValidation, BodyLimits, out List{MetricFamily}, out PushError)"/>
    public static bool TryParse(
        ReadOnlyMemory<byte> body,
        NameValidation validation,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        [NotNullWhen(false)] out PushError? error) =>
        TryParse(body, validation, BodyLimits.None, out families, out error);

    /// <summary>Parses a body up to its end, or to what exceeds a limit.</summary>
    /// <param name="families">The families with samples, in the order of their first line.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> body,
        NameValidation validation,
        BodyLimits limits,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        [NotNullWhen(false)] out PushError? error)
    {
        var parser = new TextParser(validation, body.Length, limits);
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
                bool isLast = length == body.Length - 1;
                return _families.ExcessAt(isLast) ?? PushError.AtLine(lineNumber, _error!);
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
                _template.Begin(cursor, Utf8String.Empty);
                return ParseLabels(ref cursor, nameInBraces: true) && ParseValue(ref cursor);
            default:
                return ParseSample(ref cursor);
        }
    }

    private bool TakeMetricName(ref LineCursor cursor, out Utf8String name) =>
        cursor.TryTakeMetricName(out name, out QuoteFault fault)
            ? !IsTruncated(cursor)
            : FailQuoted("metric name", name, fault);

    private static string Quote(ReadOnlySpan<byte> text) => GoQuote.Quote(text);

    /// <summary>Whether the input ends in the middle of a line. Sets the error.</summary>
    private bool IsTruncated(in LineCursor cursor) => cursor.AtEndOfInput && !Fail("unexpected end of input stream");

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

    /// <summary>Fails, and shows the byte as the character with that code.</summary>
    private bool FailEscape(QuoteFault fault) => Fail(fault.At == LineCursor.EndOfInput
        ? "unexpected end of input stream"
        : $"invalid escape sequence '\\{new Rune((char)fault.At)}'");

    private bool Fails(string? error)
    {
        _error = error;
        return error is not null;
    }

    /// <summary>Sets the error, and returns false for the caller to return.</summary>
    private bool Fail(string error)
    {
        _error = error;
        return false;
    }
}
