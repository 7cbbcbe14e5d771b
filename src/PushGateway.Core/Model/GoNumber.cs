using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace PushGateway.Core.Model;

/// <summary>
/// Numbers as Go writes and reads them: <c>strconv.FormatFloat(v, 'g', -1, 64)</c> and <c>strconv.ParseFloat</c>,
/// without the hexadecimal forms and underscores, which the text format does not take.
/// </summary>
public static partial class GoNumber
{
    /// <summary>Bytes that any number fits in: sign, 17 digits, point, four zeros in front or an exponent.</summary>
    public const int MaxLength = 32;

    /// <summary>The NaN that Go reads from text, bit for bit; protobuf shows the bits.</summary>
    public static readonly double NaN = BitConverter.UInt64BitsToDouble(0x7FF8000000000001);

    /// <summary>From 10 to this power on, numbers are written with an exponent.</summary>
    private const int FirstPowerWithExponent = 6;

    private const int FirstWithExponent = 1_000_000;

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

    /// <summary>
    /// The digits of a number that is whole or has at most nine decimals, 15 digits in all. No two such numbers are the
    /// same double, so that no others, nor fewer, read back as it.
    /// </summary>
    /// <remarks>The lines of 20 series are written in 2.3 µs, without this in 3.2 µs.</remarks>
    /// <param name="point">How many digits stand before the decimal point; less than 0 for zeros behind it.</param>
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

    /// <summary>The digits of .NET's shortest form (such as 1E+21, 123456.7, 5E-324).</summary>
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
