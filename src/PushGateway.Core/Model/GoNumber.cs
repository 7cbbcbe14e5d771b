using System.Globalization;

namespace PushGateway.Core.Model;

/// <summary>Numbers as Go's shortest %g prints them: 999999, 1e+06, 1e-05, NaN, +Inf, -0.</summary>
public static class GoNumber
{
    /// <summary>What the longest number takes: -1.7976931348623157e+308.</summary>
    public const int MaxBytes = 24;

    /// <summary>From this exponent on a number is written with one.</summary>
    private const int FirstExponent = 6;

    /// <summary>False where the destination is too short; <see cref="MaxBytes"/> always do.</summary>
    public static bool TryFormat(double value, Span<byte> destination, out int written)
    {
        var text = Format(value);
        return System.Text.Encoding.ASCII.TryGetBytes(text, destination, out written);
    }

    private static string Format(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }

        // d.ddddE+ddd, with as many digits as it takes to read the same number back.
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var mantissa = shortest.Split('E')[0].Split('.');
        var written = shortest.Contains('E') ? int.Parse(shortest.Split('E')[1], CultureInfo.InvariantCulture) : 0;
        var whole = mantissa[0].TrimStart('0');
        var fraction = mantissa.Length > 1 ? mantissa[1] : "";
        var digits = (whole + fraction).TrimStart('0');
        var exponent = whole.Length > 0
            ? whole.Length - 1 + written
            : digits.Length - fraction.Length - 1 + written;
        digits = digits.TrimEnd('0');
        var sign = double.IsNegative(value) ? "-" : "";
        if (digits.Length == 0)
        {
            return sign + "0";
        }

        if (exponent is >= -4 and < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        if (exponent is >= 0 and < FirstExponent)
        {
            digits = digits.PadRight(exponent + 1, '0');
            var rest = digits[(exponent + 1)..];
            return sign + digits[..(exponent + 1)] + (rest.Length > 0 ? "." + rest : "");
        }

        var tail = digits.Length > 1 ? "." + digits[1..] : "";
        return $"{sign}{digits[0]}{tail}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }
}
