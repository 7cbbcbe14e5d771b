using System.Buffers;
using System.Globalization;
using System.Text;
using PushGateway.Core.Exposition;

namespace PushGateway.Core.Query.Selectors;

/// <summary>Reads the tokens of a selector. Handles characters, but no grammar.</summary>
internal sealed class SelectorCursor(string text)
{
    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\r\n");

    public int Position { get; private set; }

    public bool IsAtEnd => Position == text.Length;

    private char Current => IsAtEnd ? '\0' : text[Position];

    public void SkipBlanks()
    {
        int length = text.AsSpan(Position).IndexOfAnyExcept(Blanks);
        Position = length < 0 ? text.Length : Position + length;
    }

    public bool IsAt(char c) => !IsAtEnd && Current == c;

    public bool IsAtQuote() => !IsAtEnd && Current is '"' or '\'' or '`';

    public bool TryTake(char c)
    {
        bool taken = IsAt(c);
        Position += taken ? 1 : 0;
        return taken;
    }

    /// <summary>name = (letter | "_" | ":") *(letter | digit | "_" | ":"). Empty if none follows.</summary>
    public string TakeName()
    {
        int start = Position;
        while (char.IsAsciiLetter(Current) || Current is '_' or ':'
            || (Position > start && char.IsAsciiDigit(Current)))
        {
            Position++;
        }
        return text[start..Position];
    }

    /// <summary>The next character, for a message.</summary>
    public string Describe()
    {
        if (IsAtEnd)
        {
            return "the end";
        }
        Rune.DecodeFromUtf16(text.AsSpan(Position), out Rune rune, out _);
        return GoQuote.Quote(rune.ToString());
    }

    /// <summary>
    /// Reads a quoted text: verbatim between backquotes, with the escapes of Go between other quotes. Returns an error
    /// at the current position, or null.
    /// </summary>
    public string? TakeQuoted(out Utf8String value)
    {
        int start = Position;
        char quote = text[Position++];
        var bytes = new ArrayBufferWriter<byte>();
        string? error = null;
        while (error is null && !IsAt(quote))
        {
            if (IsAtEnd || (Current == '\n' && quote != '`'))
            {
                Position = start;
                error = "a text in quotes is not closed";
            }
            else if (Current == '\\' && quote != '`')
            {
                error = TakeEscape(quote, bytes);
            }
            else
            {
                ReadOnlySpan<char> rest = text.AsSpan(Position);
                int length = rest.IndexOfAny(quote, '\\', '\n');
                rest = length < 0 ? rest : rest[..Math.Max(1, length)];
                Encoding.UTF8.GetBytes(rest, bytes);
                Position += rest.Length;
            }
        }
        Position += error is null ? 1 : 0;
        value = new Utf8String(bytes.WrittenSpan);
        return error;
    }

    private string? TakeEscape(char quote, ArrayBufferWriter<byte> bytes)
    {
        char c = Position + 1 < text.Length ? text[Position + 1] : '\0';
        int digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            return TakeNumber(Position + 2, digits, isHex: true, isByte: c == 'x', bytes);
        }
        if (c is >= '0' and <= '7')
        {
            return TakeNumber(Position + 1, length: 3, isHex: false, isByte: true, bytes);
        }
        int plain = c == quote ? quote : "abfnrtv\\".IndexOf(c, StringComparison.Ordinal) is >= 0 and int i
            ? "\a\b\f\n\r\t\v\\"[i]
            : -1;
        if (plain < 0)
        {
            return "an unknown escape in a text in quotes";
        }
        bytes.Write([(byte)plain]);
        Position += 2;
        return null;
    }

    private string? TakeNumber(int start, int length, bool isHex, bool isByte, ArrayBufferWriter<byte> bytes)
    {
        ReadOnlySpan<char> digits = text.AsSpan(Math.Min(start, text.Length));
        digits = digits[..Math.Min(length, digits.Length)];
        if (digits.Length < length || !TryParse(digits, isHex, out uint number))
        {
            return "an escape in a text in quotes lacks digits";
        }
        if (isByte ? number > byte.MaxValue : !Rune.IsValid(number))
        {
            return "an escape in a text in quotes is no character";
        }
        if (isByte)
        {
            bytes.Write([(byte)number]);
        }
        else
        {
            bytes.Advance(new Rune(number).EncodeToUtf8(bytes.GetSpan(4)));
        }
        Position = start + length;
        return null;
    }

    private static bool TryParse(ReadOnlySpan<char> digits, bool isHex, out uint number)
    {
        if (isHex)
        {
            return uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
        }
        number = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7')
            {
                return false;
            }
            number = (8 * number) + (uint)(digit - '0');
        }
        return true;
    }
}
