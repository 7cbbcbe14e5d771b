using System.Diagnostics.CodeAnalysis;

namespace PushGateway.Core.Parsing;

/// <summary>How to parse the body of a push. The journal stores these numbers.</summary>
public enum BodyFormat
{
    /// <summary>The text format with legacy names.</summary>
    LegacyText,

    /// <summary>The text format with UTF-8 names.</summary>
    Utf8Text,

    DelimitedProtobuf,

    /// <summary>OpenMetrics with legacy names.</summary>
    LegacyOpenMetrics,

    /// <summary>OpenMetrics with UTF-8 names.</summary>
    Utf8OpenMetrics,
}

/// <summary>The decompressed body of a push, for requests, the journal and tools.</summary>
public readonly record struct PushBody(BodyFormat Format, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The text format or OpenMetrics, with the names that a gateway allows.</summary>
    public static BodyFormat FormatOf(bool isOpenMetrics, NameValidation names) => (isOpenMetrics, names) switch
    {
        (true, NameValidation.Utf8) => BodyFormat.Utf8OpenMetrics,
        (true, _) => BodyFormat.LegacyOpenMetrics,
        (false, NameValidation.Utf8) => BodyFormat.Utf8Text,
        _ => BodyFormat.LegacyText,
    };

    public bool IsOpenMetrics => Format is BodyFormat.LegacyOpenMetrics or BodyFormat.Utf8OpenMetrics;

    private NameValidation Names => Format is BodyFormat.Utf8Text or BodyFormat.Utf8OpenMetrics
        ? NameValidation.Utf8
        : NameValidation.Legacy;

    /// <param name="limits">None for a body that was accepted before.</param>
    /// <param name="families">Views of <see cref="Bytes"/>.</param>
    public bool TryParse(
        BodyLimits limits,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        [NotNullWhen(false)] out PushError? error) =>
        Format == BodyFormat.DelimitedProtobuf ? ProtobufParser.TryParse(Bytes, limits, out families, out error)
        : IsOpenMetrics ? OpenMetricsParser.TryParse(Bytes, Names, limits, out families, out error)
        : TextParser.TryParse(Bytes, Names, limits, out families, out error);

    /// <summary>Repairs what <c>--push.lenient</c> accepts. A text body that ends like OpenMetrics is parsed as such.</summary>
    internal PushBody Repair(out Leniency uses)
    {
        uses = Leniency.None;
        if (Format == BodyFormat.DelimitedProtobuf)
        {
            return this;
        }
        if (IsOpenMetrics || TextBodyEncoding.MayEndInEof(Bytes.Span))
        {
            ReadOnlyMemory<byte> repaired = TextBodyRepair.RepairOpenMetrics(Bytes, out uses);
            if (IsOpenMetrics)
            {
                return this with { Bytes = repaired };
            }
            if (OpenMetricsParser.EndsLikeIt(repaired.Span))
            {
                uses |= Leniency.OpenMetrics;
                return new PushBody(FormatOf(isOpenMetrics: true, Names), repaired);
            }
        }
        return this with { Bytes = TextBodyRepair.Repair(Bytes, out uses) };
    }
}

/// <summary>A parsed push.</summary>
/// <param name="Body">The body after repairs.</param>
/// <param name="Uses">The deviations that <c>--push.lenient</c> accepted.</param>
public sealed record ParsedPush(PushBody Body, List<MetricFamily> Families, Leniency Uses)
{
    /// <param name="isLenient">Whether <c>--push.lenient</c> is on.</param>
    public static bool TryParse(
        PushBody body,
        bool isLenient,
        BodyLimits limits,
        [NotNullWhen(true)] out ParsedPush? parsed,
        [NotNullWhen(false)] out PushError? error)
    {
        Leniency uses = Leniency.None;
        PushBody sent = body;
        if (isLenient)
        {
            body = body.Repair(out uses);
        }
        if (body.TryParse(limits, out List<MetricFamily>? families, out error))
        {
            parsed = Of(body, families, uses, isLenient);
            return true;
        }
        parsed = uses.HasFlag(Leniency.OpenMetrics) && error.Limit == LimitKind.None ? ParseAsText(sent, limits) : null;
        if (parsed is not null)
        {
            error = null;
            return true;
        }
        sent = sent with { Format = body.Format };
        error = error.Limit == LimitKind.None ? error with { Hint = BodyHint.Of(sent, error, isLenient) } : error;
        return false;
    }

    /// <summary>
    /// Parses as text a body that only ends like OpenMetrics, so that leniency never rejects a body that is otherwise accepted.
    /// </summary>
    private static ParsedPush? ParseAsText(PushBody sent, BodyLimits limits)
    {
        PushBody text = sent with { Bytes = TextBodyRepair.Repair(sent.Bytes, out Leniency uses) };
        return text.TryParse(limits, out List<MetricFamily>? families, out _) ? Of(text, families, uses, isLenient: true) : null;
    }

    private static ParsedPush Of(PushBody body, List<MetricFamily> families, Leniency uses, bool isLenient)
    {
        if (isLenient && TextBodyRepair.DropTimestamps(families))
        {
            uses |= Leniency.Timestamp;
        }
        return new ParsedPush(body, families, uses);
    }
}
