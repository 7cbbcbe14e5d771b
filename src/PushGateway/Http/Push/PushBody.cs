using System.Diagnostics.CodeAnalysis;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Journal;

namespace PushGateway.Http.Push;

/// <summary>The body of a push, and what is in it.</summary>
/// <param name="Body">What the families were parsed from; the journal keeps it.</param>
/// <param name="Uses">What it was forgiven.</param>
internal sealed record PushBody(
    BodyFormat Format, ReadOnlyMemory<byte> Body, List<MetricFamily> Families, Leniency Uses)
{
    /// <param name="isLenient">Whether <c>--push.lenient</c> is on.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> body,
        BodyFormat format,
        bool isLenient,
        [NotNullWhen(true)] out PushBody? parsed,
        [NotNullWhen(false)] out PushError? error)
    {
        Leniency uses = Leniency.None;
        if (isLenient && format != BodyFormat.DelimitedProtobuf)
        {
            body = TextBodyRepair.NormalizeLineEndings(body, out uses);
        }
        NameValidation names = format == BodyFormat.Utf8Text ? NameValidation.Utf8 : NameValidation.Legacy;
        parsed = null;
        if (!(format == BodyFormat.DelimitedProtobuf
            ? ProtobufParser.TryParse(body, out List<MetricFamily>? families, out error)
            : TextParser.TryParse(body, names, out families, out error)))
        {
            return false;
        }
        if (isLenient && TextBodyRepair.DropTimestamps(families!))
        {
            uses |= Leniency.Timestamp;
        }
        parsed = new PushBody(format, body, families!, uses);
        return true;
    }
}
