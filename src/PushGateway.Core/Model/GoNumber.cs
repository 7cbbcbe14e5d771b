using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace PushGateway.Core.Model;

/// <summary>
/// Formats and parses numbers as Go's <c>strconv.FormatFloat(v, 'g', -1, 64)</c> and <c>strconv.ParseFloat</c> do.
/// Rejects hexadecimal forms and underscores, as the text format does.
/// </summary>
public static partial class GoNumber
{
    /// <summary>At least sign, 17 digits, point, and four leading zeros or an exponent.</summary>
    public const int MaxLength = 32;

    /// <summary>The NaN that Go parses from text. Its bits are visible in protobuf.</summary>
    public static readonly double NaN = BitConverter.UInt64BitsToDouble(0x7FF8000000000001);

    /// <summary>The lowest power of ten with an exponent.</summary>
    private const int FirstPowerWithExponent = 6;

    private const int FirstWithExponent = 1_000_000;

    /// <summary>Writes the shortest text that parses to the same value, and returns its length. Preserves -0.</summary>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
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

        Span<byte> digits = stackalloc byte[MaxLength];
        if (!TryGetFewDigits(Math.Abs(value), digits, out int count, out int point))
        {
            count = GetShortestDigits(value, digits, out point);
        }
        digits = digits[..count].TrimEnd((byte)'0');

        int length = 0;
        if (value < 0)
        {
            destination[length++] = (byte)'-';
        }
        int power = point - 1;
        return power is < -4 or >= FirstPowerWithExponent
            ? length + PutScientific(digits, power, destination[length..])
            : length + PutPlain(digits, point, destination[length..]);
    }

    /// <inheritdoc cref="Format(double, Span{byte})"/>
    public static string Format(double value)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        return Encoding.ASCII.GetString(text[..Format(value, text)]);
    }

    /// <summary>Whether a formatted number has digits only, and perhaps a sign: no fraction, no exponent.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> number)
    {
        int i = number.Length - 1;
        while (i >= 0 && (uint)(number[i] - '0') <= 9)
        {
            i--;
        }
        return i < 0 || (i == 0 && number[0] == '-' && number.Length > 1);
    }

    /// <summary>
    /// The integer part. Upstream: converts as Go does on amd64. Negative numbers wrap around; NaN, infinities and
    /// numbers beyond the range become 2^63.
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

    /// <summary>
    /// The digits of an integer or a number with at most nine decimals, up to 15 digits. Such numbers are distinct as
    /// doubles, so the digits are the shortest that parse to the same value.
    /// </summary>
    /// <remarks>Writing the lines of 20 series takes 2.3 µs, without this method 3.2 µs.</remarks>
    /// <param name="point">The number of digits before the decimal point; negative for zeros after it.</param>
    private static bool TryGetFewDigits(double magnitude, Span<byte> digits, out int count, out int point)
    {
        const int Decimals = 9;
        const double TenToDecimals = 1e9;
        const double FirstOf16Digits = 1e15;

        bool isWhole = magnitude == Math.Floor(magnitude);
        double scaled = isWhole ? magnitude : Math.Round(magnitude * TenToDecimals);
        if (scaled >= FirstOf16Digits || (!isWhole && scaled / TenToDecimals != magnitude))
        {
            count = point = 0;
            return false;
        }
        Utf8Formatter.TryFormat((long)scaled, digits, out count);
        point = isWhole ? count : count - Decimals;
        return true;
    }

    /// <summary>The digits of .NET's shortest form, such as 1E+21, 123456.7 or 5E-324.</summary>
    private static int GetShortestDigits(double value, Span<byte> digits, out int point)
    {
        Span<byte> shortest = stackalloc byte[MaxLength];
        value.TryFormat(shortest, out int length, default, CultureInfo.InvariantCulture);
        int count = 0;
        point = 0;
        bool pointSeen = false;
        for (int i = value < 0 ? 1 : 0; i < length; i++)
        {
            byte b = shortest[i];
            if (b == 'E')
            {
                point += int.Parse(
                    shortest[(i + 1)..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }
            if (b == '.')
            {
                pointSeen = true;
            }
            else if (count > 0 || b != '0')
            {
                digits[count++] = b;
                point += pointSeen ? 0 : 1;
            }
            else if (pointSeen)
            {
                point--;
            }
        }
        return count;
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
}
