using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PushGateway.Core.Parsing;

/// <summary>
/// Parses the OpenMetrics text format, version 1.0, with the quoted names of Prometheus 3. The families are those that
/// Prometheus would make of them.
/// </summary>
/// <remarks>
/// Source: the OpenMetrics specification 1.0. Like Prometheus, this parser accepts a quote without a backslash in a help
/// text, which common clients send. It rejects other input that only Prometheus accepts. The families are views of the
/// body's memory, except for text with escapes.
/// </remarks>
public sealed partial class OpenMetricsParser
{
    private readonly OpenMetricsBuilder _families;
    private string? _error;

    /// <summary>The position of the error in the line; null for the position of the cursor.</summary>
    private int? _errorPosition;

    private OpenMetricsParser(NameValidation validation, int bodyLength, BodyLimits limits, bool isExact) =>
        _families = new OpenMetricsBuilder(validation, bodyLength, limits, isExact);

    private static ReadOnlySpan<byte> End => "# EOF"u8;

    /// <summary>Whether the last line of a body ends OpenMetrics.</summary>
    public static bool EndsLikeIt(ReadOnlySpan<byte> body)
    {
        body = body is [.., (byte)'\n'] ? body[..^1] : body;
        return body.EndsWith(End) && (body.Length == End.Length || body[^(End.Length + 1)] == '\n');
    }

    /// <summary>Parses a whole body, however large.</summary>
    /// <inheritdoc cref="TryParse(ReadOnlyMemory{byte}, NameValidation, BodyLimits, out List{MetricFamily}, out PushError)"/>
    public static bool TryParse(
        ReadOnlyMemory<byte> body,
        NameValidation validation,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        [NotNullWhen(false)] out PushError? error) =>
        TryParse(body, validation, BodyLimits.None, out families, out error);

    /// <summary>Parses a body up to its end, or to what exceeds a limit.</summary>
    /// <param name="families">The families with samples, in the order of the body.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> body,
        NameValidation validation,
        BodyLimits limits,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        [NotNullWhen(false)] out PushError? error) =>
        TryParse(body, validation, limits, isExact: false, out families, out error)
            || TryParse(body, validation, limits, isExact: true, out families, out error);

    /// <param name="isExact">See <see cref="OpenMetricsBuilder"/>.</param>
    internal static bool TryParse(
        ReadOnlyMemory<byte> body,
        NameValidation validation,
        BodyLimits limits,
        bool isExact,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        [NotNullWhen(false)] out PushError? error)
    {
        var parser = new OpenMetricsParser(validation, body.Length, limits, isExact);
        error = parser.ParseLines(body);
        families = error is null ? parser._families.Families : null;
        return families is not null;
    }

    /// <summary>body = *(line LF) "# EOF" [LF]</summary>
    private PushError? ParseLines(ReadOnlyMemory<byte> body)
    {
        for (int lineNumber = 1; ; lineNumber++)
        {
            int length = body.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = length < 0 ? body : body[..length];
            var cursor = new LineCursor(line, terminated: length >= 0) { AllowsUndefinedEscapes = true };
            bool isEnd = line.Span.SequenceEqual(End);
            bool isValid = isEnd ? !Fails(_families.EndFamily()) : ParseLine(ref cursor);
            body = length < 0 ? default : body[(length + 1)..];
            if (!isValid)
            {
                int column = ColumnOf(line.Span, _errorPosition ?? cursor.Position);
                return _families.ExcessAt(EndsAt(body.Span)) ?? PushError.AtColumn(lineNumber, column, _error!);
            }
            if (isEnd)
            {
                return body.IsEmpty ? null : PushError.AtColumn(lineNumber + 1, 1, "nothing after \"# EOF\"");
            }
        }
    }

    /// <summary>line = metadata | sample, with its LF</summary>
    private bool ParseLine(ref LineCursor cursor)
    {
        switch (cursor.Current)
        {
            case LineCursor.EndOfInput:
                return Fail("\"# EOF\" at the end of the body");
            case '#':
                return ParseMetadata(ref cursor) && ExpectLineEnd(cursor);
            case '{':
                return ParseQuotedName(ref cursor) && ParseValue(ref cursor) && ExpectLineEnd(cursor);
            default:
                return ParsePlainName(ref cursor) && ParseValue(ref cursor) && ExpectLineEnd(cursor);
        }
    }

    private static bool EndsAt(ReadOnlySpan<byte> rest) => rest.IsEmpty || (rest.StartsWith(End) && EndsLikeIt(rest));

    /// <summary>In characters, from 1.</summary>
    private static int ColumnOf(ReadOnlySpan<byte> line, int position) =>
        Encoding.UTF8.GetString(line[..Math.Min(position, line.Length)]).EnumerateRunes().Count() + 1;

    private bool ExpectLineEnd(in LineCursor cursor) =>
        cursor.Current == LineCursor.NewLine || FailAt(cursor, "the end of the line");

    private bool Expect(ref LineCursor cursor, char wanted)
    {
        if (cursor.Current != wanted)
        {
            return FailAt(cursor, wanted == ' ' ? "a blank" : $"'{wanted}'");
        }
        cursor.Skip();
        return true;
    }

    private bool Fails(string? expected)
    {
        _error = expected;
        return expected is not null;
    }

    /// <summary>Fails with an error at an earlier position of the line.</summary>
    private bool Fails(string? expected, int position)
    {
        if (expected is not null)
        {
            _errorPosition = position;
        }
        return Fails(expected);
    }

    /// <summary>Sets the error, and returns false for the caller to return.</summary>
    private bool Fail(string expected)
    {
        _error = expected;
        return false;
    }

    /// <summary>Fails with an error that quotes the text at the cursor.</summary>
    private bool FailAt(in LineCursor cursor, string expected) => Fail($"{expected}, found {cursor.Current switch
    {
        LineCursor.NewLine => "the end of the line",
        LineCursor.EndOfInput => "the end of the body",
        _ => GoQuote.Quote(cursor.CurrentCharacter),
    }}");
}
