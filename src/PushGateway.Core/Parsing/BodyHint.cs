using System.Buffers;

namespace PushGateway.Core.Parsing;

/// <summary>
/// The probable cause of a rejected body and its remedy, as a line after the error. The error says where the parser
/// stopped, but seldom why.
/// </summary>
public static class BodyHint
{
    /// <summary>The beginning of every hint.</summary>
    public const string Start = "hint: ";

    /// <summary>The maximum bytes that it repairs, so that a rejected body costs little more than an accepted one.</summary>
    private const int MaxRepaired = 1 << 20;

    private const int MaxFormHead = 512;
    private const string Accepted = "; --push.lenient accepts this";

    /// <summary>The hint for a sample with a timestamp, which is valid in the text format.</summary>
    public const string Timestamp = Start + TimestampText + Accepted;

    /// <summary>The hint for an error in a URL with <c>%2F</c>.</summary>
    public const string EncodedSlash =
        Start + "%2F in the URL is a slash: send a value that has one as LABEL@base64/VALUE" + Accepted;

    private const string TimestampText = "a sample has a timestamp: leave it out";
    private const string UseDataBinary = "send the metrics as they are, curl with --data-binary";

    private static readonly (Leniency Use, string Text)[] Repairs =
    [
        (Leniency.ByteOrderMark, "the body begins with a byte order mark: leave it out"),
        (Leniency.Utf16, "the body is UTF-16: send UTF-8"),
        (Leniency.CtrlZ, "the body ends in Ctrl-Z: leave it out"),
        (Leniency.Crlf, "lines end in CR LF: end them in LF"),
        (Leniency.TrailingBlank, "a line ends in a blank: leave it out"),
        (Leniency.Timestamp, TimestampText),
        (Leniency.FinalNewline, "the last line does not end in a line feed: add one"),
    ];

    private static readonly SearchValues<byte> FormBytes = SearchValues.Create(
        "%&+=*-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>The hint, without a line feed; empty if no mistake is recognized.</summary>
    /// <param name="body">Before any repairs.</param>
    public static string Of(PushBody body, PushError error, bool isLenient)
    {
        ReadOnlySpan<byte> bytes = body.Bytes.Span;
        if (error.Limit != LimitKind.None)
        {
            return "";
        }
        if (bytes is [0x1f, 0x8b, ..])
        {
            return Start + "the body is gzip data: send it with Content-Encoding: gzip";
        }
        if (body.Format == BodyFormat.DelimitedProtobuf)
        {
            return "";
        }
        if (body.IsOpenMetrics)
        {
            return OfOpenMetrics(body, isLenient);
        }
        int line = error.Line ?? int.MaxValue;
        string repairable = isLenient ? "" : OfRepairs(body, line);
        if (repairable.Length > 0)
        {
            return repairable;
        }
        string text = OfEncoding(isLenient ? TextBodyRepair.Repair(FirstLines(body.Bytes), out _).Span : bytes);
        text = text.Length > 0 ? text : OfForm(bytes);
        text = text.Length > 0 ? text : OfFormat(bytes, bytes[RangeOf(bytes, line)].TrimEnd("\r\n"u8));
        return text.Length > 0 ? Start + text : "";
    }

    /// <summary>Names what <c>--push.lenient</c> would repair, if the line parses only with the repairs.</summary>
    private static string OfRepairs(PushBody body, int line)
    {
        ReadOnlyMemory<byte> sent = Around(body.Bytes, ref line);
        ReadOnlyMemory<byte> repaired = TextBodyRepair.Repair(sent, out Leniency uses);
        if (uses == Leniency.None || Parses(body, sent, line) || !Parses(body, repaired, line))
        {
            return "";
        }
        string curl = uses.HasFlag(Leniency.FinalNewline) && !body.Bytes.Span.Contains((byte)'\n')
            ? " (curl -d removes it, --data-binary does not)"
            : "";
        return Start + Describe(uses) + curl + Accepted;
    }

    private static string Describe(Leniency uses) =>
        string.Join("; ", Repairs.Where(repair => uses.HasFlag(repair.Use)).Select(repair => repair.Text));

    /// <summary>Names what <c>--push.lenient</c> would repair, if the repairs make the whole body parse.</summary>
    private static string OfOpenMetrics(PushBody body, bool isLenient)
    {
        if (isLenient || body.Bytes.Length > MaxRepaired)
        {
            return "";
        }
        PushBody repaired = body.Repair(out Leniency uses);
        return uses != Leniency.None && repaired.TryParse(BodyLimits.None, out _, out _)
            ? Start + Describe(uses) + Accepted
            : "";
    }

    /// <summary>The body, or as many whole lines around one of its lines as fit.</summary>
    /// <param name="line">The number of the line in the body. Receives its number in the result.</param>
    private static ReadOnlyMemory<byte> Around(ReadOnlyMemory<byte> body, ref int line)
    {
        if (body.Length <= MaxRepaired)
        {
            return body;
        }
        ReadOnlySpan<byte> before = body.Span[..RangeOf(body.Span, line).Start.Value];
        int start = Math.Max(0, before.Length - (MaxRepaired / 2));
        start = start == 0 ? 0 : start + before[start..].IndexOf((byte)'\n') + 1;
        line = before[start..].Count((byte)'\n') + 1;
        return FirstLines(body[start..]);
    }

    /// <summary>As many whole lines of a body as fit.</summary>
    private static ReadOnlyMemory<byte> FirstLines(ReadOnlyMemory<byte> body) =>
        body.Length <= MaxRepaired ? body : body[..(body.Span[..MaxRepaired].LastIndexOf((byte)'\n') + 1)];

    private static bool Parses(PushBody body, ReadOnlyMemory<byte> bytes, int line) =>
        (body with { Bytes = bytes[RangeOf(bytes.Span, line)] }).TryParse(BodyLimits.None, out _, out _);

    private static string OfEncoding(ReadOnlySpan<byte> body)
    {
        foreach ((Leniency use, string text) in Repairs)
        {
            if ((use == Leniency.ByteOrderMark && TextBodyEncoding.HasUtf8Mark(body))
                || (use == Leniency.Utf16 && TextBodyEncoding.IsUtf16(body)))
            {
                return text;
            }
        }
        return "";
    }

    private static string OfForm(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> head = body[..Math.Min(body.Length, MaxFormHead)];
        if (body.StartsWith("--"u8) && head.IndexOf("Content-Disposition: form-data"u8) > 0)
        {
            return "the body is a multipart form: " + UseDataBinary;
        }
        ReadOnlySpan<byte> trimmed = body.TrimEnd("\r\n"u8);
        if (!trimmed.ContainsAnyExcept(FormBytes) && trimmed.ContainsAny("=&%+"u8))
        {
            return "the body is a URL-encoded form: " + UseDataBinary;
        }

        // In a body without its line feeds, samples follow a comment or each other on one line.
        return !body.Contains((byte)'\n') && body.ContainsAny(" \t"u8) && !body.ContainsAnyInRange<byte>(0, 8)
            ? "the body has no line feeds, which curl -d removes: " + UseDataBinary
            : "";
    }

    /// <param name="line">The line that does not parse.</param>
    private static string OfFormat(ReadOnlySpan<byte> body, ReadOnlySpan<byte> line)
    {
        if (ProtobufStart.Matches(body))
        {
            return "the body is protobuf: delimit the messages, and send it with "
                + "Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
        }
        bool isOpenMetrics = body.TrimEnd("\r\n"u8).EndsWith("# EOF"u8)
            || line.IndexOf(" # {"u8) > 0
            || (line.StartsWith("# TYPE "u8)
                && (line.EndsWith(" info"u8) || line.EndsWith(" stateset"u8) || line.EndsWith(" unknown"u8)));
        return isOpenMetrics ? "the body is OpenMetrics: send it with Content-Type: application/openmetrics-text; version=1.0.0" : "";
    }

    /// <summary>The range of a line with its line feed; empty after the last one.</summary>
    private static Range RangeOf(ReadOnlySpan<byte> body, int line)
    {
        int start = 0;
        while (true)
        {
            int length = body[start..].IndexOf((byte)'\n');
            int end = length < 0 ? body.Length : start + length + 1;
            if (line == 1 || length < 0)
            {
                return line == 1 ? start..end : end..end;
            }
            start = end;
            line--;
        }
    }
}
