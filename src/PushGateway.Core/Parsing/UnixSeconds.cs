using System.Globalization;

namespace PushGateway.Core.Parsing;

/// <summary>Parses times in seconds since 1970, as OpenMetrics writes them, to the nanosecond.</summary>
internal static class UnixSeconds
{
    // The years 1 to 9999, as in google.protobuf.Timestamp.
    private const long Min = -62_135_596_800;
    private const long Max = 253_402_300_799;

    private const int NanosPerSecond = 1_000_000_000;
    private const int MaxFractionDigits = 9;

    public static bool TryParse(ReadOnlySpan<byte> text, out Timestamp time) =>
        (TryParseDecimal(text, out time) || TryParseDouble(text, out time)) && time.Seconds is >= Min and <= Max;

    /// <summary>decimal = digits ["." digits]. A double would be exact only to microseconds.</summary>
    private static bool TryParseDecimal(ReadOnlySpan<byte> text, out Timestamp time)
    {
        time = default;
        int point = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        ReadOnlySpan<byte> fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.IsEmpty
            || whole.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || !long.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            return false;
        }
        int nanos = 0;
        for (int i = 0; i < MaxFractionDigits; i++)
        {
            nanos = (nanos * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
        }
        time = new Timestamp(seconds, nanos);
        return true;
    }

    private static bool TryParseDouble(ReadOnlySpan<byte> text, out Timestamp time)
    {
        time = default;
        if (!GoNumber.TryParse(text, out double seconds) || !(seconds is >= Min and < Max))
        {
            return false;
        }
        double whole = Math.Floor(seconds);
        int nanos = (int)Math.Round((seconds - whole) * NanosPerSecond);
        time = nanos == NanosPerSecond ? new Timestamp((long)whole + 1, 0) : new Timestamp((long)whole, nanos);
        return true;
    }
}
