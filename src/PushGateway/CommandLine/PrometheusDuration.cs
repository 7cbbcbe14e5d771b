using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace PushGateway.CommandLine;

/// <summary>
/// A non-negative span of time in whole milliseconds, in the notation of Prometheus (<c>15m</c>, <c>1d12h</c>, <c>0</c>) or
/// of Go (<c>1.5h</c>).
/// </summary>
internal readonly partial record struct PrometheusDuration(TimeSpan Value)
{
    /// <summary>The largest units first, in the order of <see cref="Parts"/>.</summary>
    private static readonly (string Unit, long Milliseconds)[] Units =
    [
        ("y", 365L * 24 * 3600 * 1000), ("w", 7 * 24 * 3600 * 1000), ("d", 24 * 3600 * 1000), ("h", 3600 * 1000),
        ("m", 60 * 1000), ("s", 1000), ("ms", 1),
    ];

    public static bool TryParse(string text, out PrometheusDuration duration, [NotNullWhen(false)] out string? error)
    {
        duration = default;
        error = null;
        if (text.Length > 0 && Parts().Match(text) is { Success: true } parts && TrySum(parts, out long milliseconds))
        {
            duration = new PrometheusDuration(TimeSpan.FromMilliseconds(milliseconds));
            return true;
        }
        if (GoDuration.TryParse(text, out GoDuration go, out _) && go.Nanoseconds >= 0)
        {
            duration = new PrometheusDuration(TimeSpan.FromMilliseconds((long)go.ToTimeSpan().TotalMilliseconds));
            return true;
        }
        error = $"not a duration such as 15m, 1d12h or 0: {GoQuote.Quote(text)}";
        return false;
    }

    /// <summary>In Prometheus's form, without years and weeks: <c>1d12h</c>, <c>0s</c>.</summary>
    public override string ToString()
    {
        if (Value == TimeSpan.Zero)
        {
            return "0s";
        }
        string text = "";
        long left = (long)Value.TotalMilliseconds;
        foreach ((string unit, long milliseconds) in Units[2..])
        {
            text += left >= milliseconds ? string.Create(CultureInfo.InvariantCulture, $"{left / milliseconds}{unit}") : "";
            left %= milliseconds;
        }
        return text;
    }

    /// <returns>False if the sum is too large for a <see cref="TimeSpan"/>.</returns>
    private static bool TrySum(Match parts, out long milliseconds)
    {
        Int128 sum = 0;
        for (int i = 0; i < Units.Length; i++)
        {
            // Thirteen digits of years still fit into the arithmetic.
            sum += parts.Groups[i + 1] is { Success: true } number
                ? (Int128)Units[i].Milliseconds * long.Parse(number.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
                : 0;
        }
        bool fits = sum <= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond;
        milliseconds = fits ? (long)sum : 0;
        return fits;
    }

    // duration = "0" | [ n "y" ] [ n "w" ] [ n "d" ] [ n "h" ] [ n "m" ] [ n "s" ] [ n "ms" ]
    [GeneratedRegex(
        """
        ^(?:0|(?:([0-9]{1,15})y)?(?:([0-9]{1,15})w)?(?:([0-9]{1,15})d)?(?:([0-9]{1,15})h)?(?:([0-9]{1,15})m)?(?:([0-9]{1,15})s)?(?:([0-9]{1,15})ms)?)\z
        """)]
    private static partial Regex Parts();
}
