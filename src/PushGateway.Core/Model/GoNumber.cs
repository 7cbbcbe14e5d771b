using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace PushGateway.Core.Model;

/// <summary>
/// Numbers as Go writes and reads them: <c>strconv.FormatFloat(v, 'g', -1, 64)</c> and <c>strconv.ParseFloat</c>,
/// without the hexadecimal forms and underscores, which the text format does not take.
/// </summary>
public static class GoNumber
{
    /// <summary>Bytes that any number fits in: sign, 17 digits, point, four zeros in front or an exponent.</summary>
    public const int MaxLength = 32;

    /// <summary>The NaN that Go reads from text, bit for bit; protobuf shows the bits.</summary>
    public static readonly double NaN = BitConverter.UInt64BitsToDouble(0x7FF8000000000001);

    /// <summary>From 10 to this power on, numbers are written with an exponent.</summary>
    private const int FirstPowerWithExponent = 6;

    private const int FirstWithExponent = 1_000_000;

    /// <summary>Whole numbers of this many digits are exact in a double.</summary>
    private const int ExactDigits = 15;

    private static readonly SearchValues<byte> DecimalBytes = SearchValues.Create("0123456789+-.eE"u8);

    /// <summary>Writes the shortest text that reads back as the same value. -0 is written <c>-0</c>.</summary>
    /// <remarks>The destination holds at least <see cref="MaxLength"/> bytes; returned is how many were written.</remarks>
    public static int Format(double value, Span<byte> destination)
    {
        if (value is > -FirstWithExponent and < FirstWithExponent && value == (int)value)
        {
            return FormatSmallInteger(value, destination);
        }
        if (!double.IsFinite(value))
        {
            return Put(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8, destination);
        }

        Span<byte> shortest = stackalloc byte[MaxLength];
        value.TryFormat(shortest, out int length, default, CultureInfo.InvariantCulture);
        return Rearrange(shortest[..length], destination);
    }

    /// <inheritdoc cref="Format(double, Span{byte})"/>
    public static string Format(double value)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        return Encoding.ASCII.GetString(text[..Format(value, text)]);
    }

    /// <summary>
    /// Reads a decimal number, <c>inf</c>, <c>infinity</c> (either with a sign) or <c>nan</c>, in any case. False for
    /// anything else, and for numbers beyond the range of a double; too small ones read as 0.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        if (TryParseSmallInteger(text, out value))
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
    /// The whole part. Upstream: what does not fit comes out as on amd64: negative numbers wrap around, NaN, the
    /// infinities and too large ones give 2^63.
    /// </summary>
    public static ulong ToUInt64(double value)
    {
        const double TwoTo63 = 9223372036854775808.0;
        return value switch
        {
            >= -TwoTo63 and < TwoTo63 => unchecked((ulong)(long)value),
            >= TwoTo63 and < 2 * TwoTo63 => (ulong)value,
            _ => 1UL << 63,
        };
    }

    private static int FormatSmallInteger(double value, Span<byte> destination)
    {
        if (value == 0 && double.IsNegative(value))
        {
            return Put("-0"u8, destination);
        }
        Utf8Formatter.TryFormat((int)value, destination, out int length);
        return length;
    }

    /// <summary>From .NET's shortest form (such as 1E+21, 123456.7, 5E-324) to Go's.</summary>
    private static int Rearrange(ReadOnlySpan<byte> shortest, Span<byte> destination)
    {
        bool negative = shortest[0] == '-';
        if (negative)
        {
            shortest = shortest[1..];
        }

        // The significant digits, and where the decimal point stands after the first of them.
        Span<byte> digits = stackalloc byte[MaxLength];
        int count = 0;
        int point = 0;
        bool pointSeen = false;
        int exponent = 0;
        for (int i = 0; i < shortest.Length; i++)
        {
            byte b = shortest[i];
            if (b == 'E')
            {
                exponent = int.Parse(shortest[(i + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }
            if (b == '.')
            {
                pointSeen = true;
                continue;
            }
            if (count > 0 || b != '0')
            {
                digits[count++] = b;
                point += pointSeen ? 0 : 1;
            }
            else if (pointSeen)
            {
                point--;
            }
        }
        point += exponent;
        digits = digits[..count].TrimEnd((byte)'0');

        int length = 0;
        if (negative)
        {
            destination[length++] = (byte)'-';
        }
        int power = point - 1;
        return power is < -4 or >= FirstPowerWithExponent
            ? length + PutScientific(digits, power, destination[length..])
            : length + PutPlain(digits, point, destination[length..]);
    }

    private static int PutScientific(ReadOnlySpan<byte> digits, int power, Span<byte> destination)
    {
        int length = 0;
        destination[length++] = digits[0];
        if (digits.Length > 1)
        {
            destination[length++] = (byte)'.';
            length += Put(digits[1..], destination[length..]);
        }
        destination[length++] = (byte)'e';
        destination[length++] = power < 0 ? (byte)'-' : (byte)'+';
        power = Math.Abs(power);
        Utf8Formatter.TryFormat(power, destination[length..], out int written, new StandardFormat('D', 2));
        return length + written;
    }

    private static int PutPlain(ReadOnlySpan<byte> digits, int point, Span<byte> destination)
    {
        int length = 0;
        if (point <= 0)
        {
            length += Put("0."u8, destination);
            destination.Slice(length, -point).Fill((byte)'0');
            length -= point;
            return length + Put(digits, destination[length..]);
        }
        if (digits.Length <= point)
        {
            length += Put(digits, destination);
            destination.Slice(length, point - digits.Length).Fill((byte)'0');
            return point;
        }
        length += Put(digits[..point], destination);
        destination[length++] = (byte)'.';
        return length + Put(digits[point..], destination[length..]);
    }

    private static int Put(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }

    private static bool TryParseSmallInteger(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        if (text.Length is 0 or > ExactDigits)
        {
            return false;
        }
        long number = 0;
        foreach (byte b in text)
        {
            int digit = b - '0';
            if ((uint)digit > 9)
            {
                return false;
            }
            number = (number * 10) + digit;
        }
        value = number;
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
