using System.Buffers;

namespace PushGateway.Core.Model;

/// <summary>Which metric and label names a push may use.</summary>
public enum NameValidation
{
    /// <summary>Metrics: <c>[a-zA-Z_:][a-zA-Z0-9_:]*</c>; labels the same without the colon.</summary>
    Legacy,

    /// <summary>Any text that is valid UTF-8 and not empty; <c>--push.enable-utf8-names</c>.</summary>
    Utf8,
}

/// <summary>The rules that names of metrics and labels keep.</summary>
public static class NameRules
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

    private static readonly SearchValues<byte> LabelNameBytes = Bytes(Letters + "0123456789");
    private static readonly SearchValues<byte> MetricNameBytes = Bytes(Letters + "0123456789:");

    /// <summary>Label names that start so are reserved for Prometheus itself.</summary>
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
