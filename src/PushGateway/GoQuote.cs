using System.Globalization;
using System.Text;

namespace PushGateway;

/// <summary>
/// Text between double quotes as Go's <c>strconv.Quote</c> writes it: what is not printable becomes an escape,
/// so that the outcome is always one line.
/// </summary>
internal static class GoQuote
{
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (Rune rune in text.EnumerateRunes())
        {
            Append(quoted, rune);
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>
    /// The plainer quoting of Go's <c>time</c> package: every byte outside of printable ASCII becomes \xNN.
    /// </summary>
    public static string QuoteBytes(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            if (value is < 0x20 or >= 0x80)
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
                continue;
            }

            if (value is (byte)'"' or (byte)'\\')
            {
                quoted.Append('\\');
            }

            quoted.Append((char)value);
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Letters, marks, numbers, punctuation, symbols and the plain space; no other blank.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or
        UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or
        UnicodeCategory.ParagraphSeparator);

    private static void Append(StringBuilder quoted, Rune rune)
    {
        if (rune.Value is '"' or '\\')
        {
            quoted.Append('\\').Append((char)rune.Value);
            return;
        }

        if (IsPrintable(rune))
        {
            quoted.Append(rune);
            return;
        }

        CultureInfo invariant = CultureInfo.InvariantCulture;
        _ = rune.Value switch
        {
            '\a' => quoted.Append(@"\a"),
            '\b' => quoted.Append(@"\b"),
            '\f' => quoted.Append(@"\f"),
            '\n' => quoted.Append(@"\n"),
            '\r' => quoted.Append(@"\r"),
            '\t' => quoted.Append(@"\t"),
            '\v' => quoted.Append(@"\v"),
            < ' ' or 0x7f => quoted.Append(invariant, $"\\x{rune.Value:x2}"),
            < 0x10000 => quoted.Append(invariant, $"\\u{rune.Value:x4}"),
            _ => quoted.Append(invariant, $"\\U{rune.Value:x8}"),
        };
    }
}
