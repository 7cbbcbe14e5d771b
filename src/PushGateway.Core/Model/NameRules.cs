using System.Buffers;

namespace PushGateway.Core.Model;

/// <summary>The rules for metric and label names of pushes.</summary>
public enum NameValidation
{
    /// <summary><c>[a-zA-Z_:][a-zA-Z0-9_:]*</c> for metrics; the same without the colon for labels.</summary>
    Legacy,

    /// <summary>Any non-empty valid UTF-8: <c>--push.enable-utf8-names</c>.</summary>
    Utf8,
}

/// <summary>Validates metric and label names.</summary>
public static class NameRules
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

    internal static readonly SearchValues<byte> LabelNameBytes = Bytes(Letters + "0123456789");
    internal static readonly SearchValues<byte> MetricNameBytes = Bytes(Letters + "0123456789:");

    /// <summary>The prefix of label names that Prometheus reserves.</summary>
    public static ReadOnlySpan<byte> ReservedLabelPrefix => "__"u8;

    public static bool IsLegacyMetricName(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && !char.IsAsciiDigit((char)name[0]) && !name.ContainsAnyExcept(MetricNameBytes);

    public static bool IsLegacyLabelName(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && !char.IsAsciiDigit((char)name[0]) && !name.ContainsAnyExcept(LabelNameBytes);

    public static bool IsValidMetricName(Utf8String name, NameValidation validation) =>
        validation == NameValidation.Legacy ? IsLegacyMetricName(name.Span) : !name.IsEmpty && name.IsValidUtf8;

    public static bool IsValidLabelName(Utf8String name, NameValidation validation) =>
        validation == NameValidation.Legacy ? IsLegacyLabelName(name.Span) : !name.IsEmpty && name.IsValidUtf8;

    private static SearchValues<byte> Bytes(string ascii) => SearchValues.Create([.. ascii.Select(c => (byte)c)]);
}
