namespace PushGateway.Core.Parsing;

/// <summary>Recognizes metric families in protobuf by their first bytes, delimited or not.</summary>
internal static class ProtobufStart
{
    private const byte NameField = 0x0a;
    private const byte HelpField = 0x12;
    private const byte TypeField = 0x18;
    private const byte MetricField = 0x22;

    public static bool Matches(ReadOnlySpan<byte> body)
    {
        if (StartsWithName(body))
        {
            return true;
        }

        // length = *(bytes with the high bit) byte
        int length = body.IndexOfAnyInRange<byte>(0, 0x7f) + 1;
        return length is > 0 and <= 5 && StartsWithName(body[length..]);
    }

    /// <summary>Whether a message begins with a name of less than 128 bytes, and another field follows.</summary>
    private static bool StartsWithName(ReadOnlySpan<byte> message)
    {
        if (message is not [NameField, > 0 and < 0x80, ..] || message.Length < message[1] + 3)
        {
            return false;
        }
        ReadOnlySpan<byte> name = message.Slice(2, message[1]);
        return message[name.Length + 2] is HelpField or TypeField or MetricField
            && NameRules.IsValidMetricName(new Utf8String(name.ToArray()), NameValidation.Legacy);
    }
}
