using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PushGateway.CommandLine;

/// <summary>
/// A span of time in whole nanoseconds, in Go's notation: <c>1h30m5.5s</c>, <c>-1.5ms</c>, <c>0</c>.
/// </summary>
internal readonly record struct GoDuration(long Nanoseconds)
{
    private const long NanosecondsPerMicrosecond = 1_000;
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerMinute = 60 * NanosecondsPerSecond;
    private const long NanosecondsPerHour = 60 * NanosecondsPerMinute;
    private const ulong MaxMagnitude = 1UL << 63;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create(".0123456789");

    public static GoDuration FromMinutes(long minutes) => new(minutes * NanosecondsPerMinute);

    /// <summary>Truncated to .NET's ticks of 100 ns.</summary>
    public TimeSpan ToTimeSpan() => TimeSpan.FromTicks(Nanoseconds / TimeSpan.NanosecondsPerTick);

    // duration := [ "+" | "-" ] ( "0" | part { part } )
    // part     := number unit
    // number   := digits [ "." [ digits ] ] | "." digits
    public static bool TryParse(string text, out GoDuration duration, [NotNullWhen(false)] out string? error)
    {
        duration = default;
        bool isNegative = text.StartsWith('-');
        ReadOnlySpan<char> rest = isNegative || text.StartsWith('+') ? text.AsSpan(1) : text;
        if (rest is "0")
        {
            error = null;
            return true;
        }

        error = rest.IsEmpty ? Invalid(text) : null;
        ulong magnitude = 0;
        while (!rest.IsEmpty && error is null)
        {
            error = AddPart(text, ref rest, ref magnitude);
        }

        // The negative range reaches one nanosecond further.
        if (error is null && magnitude == MaxMagnitude && !isNegative)
        {
            error = Invalid(text);
        }

        duration = new GoDuration(unchecked(isNegative ? -(long)magnitude : (long)magnitude));
        return error is null;
    }

    /// <summary>Go's <c>Duration.String</c>: <c>5m0s</c>, <c>1.5s</c>, <c>250ms</c>, <c>0s</c>.</summary>
    public override string ToString()
    {
        ulong magnitude = Nanoseconds < 0 ? unchecked((ulong)-Nanoseconds) : (ulong)Nanoseconds;
        string sign = Nanoseconds < 0 ? "-" : "";
        return sign + magnitude switch
        {
            0 => "0s",
            < NanosecondsPerMicrosecond => $"{magnitude}ns",
            < NanosecondsPerMillisecond => $"{Quotient(magnitude, NanosecondsPerMicrosecond)}µs",
            < NanosecondsPerSecond => $"{Quotient(magnitude, NanosecondsPerMillisecond)}ms",
            < NanosecondsPerMinute => Seconds(magnitude),
            < NanosecondsPerHour => $"{magnitude / NanosecondsPerMinute}m{Seconds(magnitude)}",
            _ => $"{magnitude / NanosecondsPerHour}h{Minutes(magnitude)}m{Seconds(magnitude)}",
        };
    }

    private static string Invalid(string text) => $"time: invalid duration {GoQuote.QuoteAscii(text)}";

    /// <summary>Reads a number with its unit from the rest and adds it. Returns the error, or null.</summary>
    private static string? AddPart(string text, ref ReadOnlySpan<char> rest, ref ulong magnitude)
    {
        if (!TryTakeNumber(ref rest, out Number number))
        {
            return Invalid(text);
        }

        ReadOnlySpan<char> unit = TakeUnit(ref rest);
        if (unit.IsEmpty)
        {
            return $"time: missing unit in duration {GoQuote.QuoteAscii(text)}";
        }

        if (NanosecondsIn(unit) is not { } nanoseconds)
        {
            string quoted = GoQuote.QuoteAscii(unit.ToString());
            return $"time: unknown unit {quoted} in duration {GoQuote.QuoteAscii(text)}";
        }

        // In floating point, like Go. Exact arithmetic would differ in the last nanosecond.
        ulong fraction = (ulong)(number.Fraction * (nanoseconds / number.Scale));
        UInt128 sum = ((UInt128)number.Whole * (ulong)nanoseconds) + fraction + magnitude;
        magnitude = (ulong)sum;
        return sum <= MaxMagnitude ? null : Invalid(text);
    }

    private static ulong Minutes(ulong nanoseconds) => nanoseconds % NanosecondsPerHour / NanosecondsPerMinute;

    private static string Seconds(ulong nanoseconds) =>
        $"{Quotient(nanoseconds % NanosecondsPerMinute, NanosecondsPerSecond)}s";

    private static string Quotient(ulong nanoseconds, long unit) =>
        (nanoseconds / (decimal)unit).ToString("0.#########", CultureInfo.InvariantCulture);

    private static bool TryTakeNumber(ref ReadOnlySpan<char> rest, out Number number)
    {
        ReadOnlySpan<char> digits = TakeDigits(ref rest);
        bool hasDigits = !digits.IsEmpty;
        bool fits = TryAccumulate(digits, out ulong whole, out _);
        number = new Number(whole, Fraction: 0, Scale: 1);
        if (rest.StartsWith('.'))
        {
            rest = rest[1..];
            digits = TakeDigits(ref rest);
            hasDigits |= !digits.IsEmpty;
            // Digits that do not fit into 63 bits are less than a nanosecond, and ignored as in Go.
            TryAccumulate(digits, out ulong fraction, out int used);
            number = new Number(whole, fraction, Math.Pow(10, used));
        }

        return hasDigits && fits;
    }

    private static bool TryAccumulate(ReadOnlySpan<char> digits, out ulong value, out int used)
    {
        value = 0;
        for (used = 0; used < digits.Length; used++)
        {
            ulong digit = (ulong)(digits[used] - '0');
            if (value > (MaxMagnitude - digit) / 10)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        return true;
    }

    private static ReadOnlySpan<char> TakeDigits(ref ReadOnlySpan<char> rest) =>
        Take(ref rest, rest.IndexOfAnyExceptInRange('0', '9'));

    private static ReadOnlySpan<char> TakeUnit(ref ReadOnlySpan<char> rest) =>
        Take(ref rest, rest.IndexOfAny(NumberCharacters));

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest, int end)
    {
        ReadOnlySpan<char> taken = end < 0 ? rest : rest[..end];
        rest = rest[taken.Length..];
        return taken;
    }

    private static long? NanosecondsIn(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1,
        // The second has the micro sign, the third the Greek letter.
        "us" or "\u00b5s" or "\u03bcs" => NanosecondsPerMicrosecond,
        "ms" => NanosecondsPerMillisecond,
        "s" => NanosecondsPerSecond,
        "m" => NanosecondsPerMinute,
        "h" => NanosecondsPerHour,
        _ => null,
    };

    /// <summary>Whole + Fraction / Scale.</summary>
    private readonly record struct Number(ulong Whole, ulong Fraction, double Scale);
}
