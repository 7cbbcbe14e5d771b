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
}

/// <summary>The decompressed body of a push, for requests, the journal and tools.</summary>
public readonly record struct PushBody(BodyFormat Format, ReadOnlyMemory<byte> Bytes)
{
    /// <param name="limits">None for a body that was accepted before.</param>
    /// <param name="families">Views of <see cref="Bytes"/>.</param>
    public bool TryParse(
        BodyLimits limits,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        [NotNullWhen(false)] out PushError? error) =>
        Format == BodyFormat.DelimitedProtobuf
            ? ProtobufParser.TryParse(Bytes, limits, out families, out error)
            : TextParser.TryParse(
                Bytes,
                Format == BodyFormat.Utf8Text ? NameValidation.Utf8 : NameValidation.Legacy,
                limits,
                out families,
                out error);
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
        if (isLenient && body.Format != BodyFormat.DelimitedProtobuf)
        {
            body = body with { Bytes = TextBodyRepair.Repair(body.Bytes, out uses) };
        }
        parsed = null;
        if (!body.TryParse(limits, out List<MetricFamily>? families, out error))
        {
            error = error.Limit == LimitKind.None ? error with { Hint = BodyHint.Of(sent, error, isLenient) } : error;
            return false;
        }
        if (isLenient && TextBodyRepair.DropTimestamps(families))
        {
            uses |= Leniency.Timestamp;
        }
        parsed = new ParsedPush(body, families, uses);
        return true;
    }
}
