using System.Globalization;
using System.Text;

namespace PushGateway.Core.Model;

/// <summary>Quotes and escapes text as Go's %q does, for upstream's messages.</summary>
public static class GoQuote
{
    /// <summary>Errors show only the beginning of longer text, which may be a body of many megabytes.</summary>
    public const int MaxShownBytes = 64 * 1024;

    /// <summary>In double quotes, with invalid UTF-8 as \xNN. Shows at most <see cref="MaxShownBytes"/>, then an ellipsis.</summary>
    public static string Quote(ReadOnlySpan<byte> utf8)
    {
        bool isCut = utf8.Length > MaxShownBytes;
        utf8 = isCut ? utf8[..MaxShownBytes] : utf8;
        StringBuilder text = new StringBuilder(utf8.Length + 2).Append('"');
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int length) == System.Buffers.OperationStatus.Done)
            {
                AppendRune(text, rune, quote: '"');
            }
            else
            {
                // Go escapes single bytes, while .NET reports a longer invalid prefix.
                length = 1;
                text.Append(CultureInfo.InvariantCulture, $"\\x{utf8[0]:x2}");
            }
            utf8 = utf8[length..];
        }
        return text.Append(isCut ? "\"…" : "\"").ToString();
    }

    /// <inheritdoc cref="Quote(ReadOnlySpan{byte})"/>
    public static string Quote(string text) => Quote(Encoding.UTF8.GetBytes(text));

    /// <summary>Quotes as Go's <c>time</c> package does, with every byte outside printable ASCII as \xNN.</summary>
    public static string QuoteAscii(string text)
    {
        StringBuilder quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            if (value is < (byte)' ' or >= 0x80)
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

    /// <summary>Whether Go prints a character unescaped.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.SpaceSeparator
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned);

    /// <summary>In single quotes, as the character with that code: 0xC3 is 'Ã'.</summary>
    public static string QuoteByte(byte value)
    {
        StringBuilder text = new StringBuilder().Append('\'');
        AppendRune(text, new Rune((char)value), quote: '\'');
        return text.Append('\'').ToString();
    }

    private static void AppendRune(StringBuilder text, Rune rune, char quote)
    {
        if (rune.Value == quote || rune.Value == '\\')
        {
            text.Append('\\').Append((char)rune.Value);
        }
        else if (IsPrintable(rune))
        {
            Span<char> characters = stackalloc char[2];
            text.Append(characters[..rune.EncodeToUtf16(characters)]);
        }
        else
        {
            AppendEscape(text, rune.Value);
        }
    }

    private static void AppendEscape(StringBuilder text, int value) => _ = value switch
    {
        '\a' => text.Append("\\a"),
        '\b' => text.Append("\\b"),
        '\f' => text.Append("\\f"),
        '\n' => text.Append("\\n"),
        '\r' => text.Append("\\r"),
        '\t' => text.Append("\\t"),
        '\v' => text.Append("\\v"),
        < 0x80 => text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
        <= 0xFFFF => text.Append(CultureInfo.InvariantCulture, $"\\u{value:x4}"),
        _ => text.Append(CultureInfo.InvariantCulture, $"\\U{value:x8}"),
    };
}
