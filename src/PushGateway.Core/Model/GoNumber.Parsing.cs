using System.Buffers;
using System.Globalization;
using System.Text;

namespace PushGateway.Core.Model;

/// <content>Parsing.</content>
public static partial class GoNumber
{
    /// <summary>Doubles represent integers up to this one exactly.</summary>
    private const ulong MaxExactInteger = 1UL << 53;

    private const int MaxDigitsOfUInt64 = 19;

    /// <summary>Doubles represent powers of ten up to this one exactly.</summary>
    private const int MaxExactPower = 22;

    private static readonly double[] ExactPowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ];

    private static readonly SearchValues<byte> DecimalBytes = SearchValues.Create("0123456789+-.eE"u8);

    /// <summary>
    /// Parses a decimal number, <c>inf</c>, <c>infinity</c> (either with an optional sign) or <c>nan</c>, ignoring
    /// case. False for other text and for numbers beyond the range of a double. Numbers that are too small become 0.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        if (TryParseExact(text, out value))
        {
            return true;
        }
        if (!text.ContainsAnyExcept(DecimalBytes))
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
                && double.IsFinite(value);
        }
        return TryParseSpecial(text, out value);
    }

    /// <summary>
    /// number = ["-"] digits ["." digits] [exponent], where doubles represent the digits and the power of ten exactly,
    /// so that one operation on them rounds correctly. False for all other text.
    /// </summary>
    /// <remarks>
    /// Source: W. D. Clinger, "How to read floating point numbers accurately". Parsing a push of 20 series takes 3.6
    /// µs, without this method 4.3 µs.
    /// </remarks>
    private static bool TryParseExact(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        bool negative = text is [(byte)'-', ..];
        text = negative ? text[1..] : text;
        ulong digits = 0;
        int point = -1;
        int i = 0;
        for (; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit <= 9)
            {
                digits = (digits * 10) + digit;
            }
            else if (text[i] == '.' && point < 0)
            {
                point = i;
            }
            else
            {
                break;
            }
        }
        int count = point < 0 ? i : i - 1;
        int power = point < 0 ? 0 : point + 1 - i;
        if (count is 0 or > MaxDigitsOfUInt64
            || digits > MaxExactInteger
            || (i < text.Length && !TryAddExponent(text[i..], ref power))
            || power < -MaxExactPower || power > MaxExactPower)
        {
            return false;
        }
        value = power < 0 ? digits / ExactPowersOfTen[-power] : digits * ExactPowersOfTen[power];
        value = negative ? -value : value;
        return true;
    }

    /// <summary>exponent = ("e" | "E") ["+" | "-"] digit [digit]; longer exponents are never exact</summary>
    private static bool TryAddExponent(ReadOnlySpan<byte> text, ref int power)
    {
        if (text[0] is not ((byte)'e' or (byte)'E'))
        {
            return false;
        }
        text = text[1..];
        bool negative = text is [(byte)'-', ..];
        text = negative || text is [(byte)'+', ..] ? text[1..] : text;
        if (text.Length is 0 or > 2 || text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }
        int exponent = text.Length == 1 ? text[0] - '0' : ((text[0] - '0') * 10) + (text[1] - '0');
        power += negative ? -exponent : exponent;
        return true;
    }

    private static bool TryParseSpecial(ReadOnlySpan<byte> text, out double value)
    {
        value = NaN;
        if (Ascii.EqualsIgnoreCase(text, "nan"u8))
        {
            return true;
        }
        bool negative = text is [(byte)'-', ..];
        if (negative || text is [(byte)'+', ..])
        {
            text = text[1..];
        }
        value = negative ? double.NegativeInfinity : double.PositiveInfinity;
        return Ascii.EqualsIgnoreCase(text, "inf"u8) || Ascii.EqualsIgnoreCase(text, "infinity"u8);
    }
}
