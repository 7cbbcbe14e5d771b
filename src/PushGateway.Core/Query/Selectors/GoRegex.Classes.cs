using System.Buffers;
using System.Globalization;

namespace PushGateway.Core.Query.Selectors;

/// <summary>Classes of characters and escapes, which are of ASCII in Go where they are of Unicode in .NET.</summary>
internal sealed partial class GoRegex
{
    private static readonly SearchValues<char> WordCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    private static readonly HashSet<string> Categories =
    [
        "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No",
        "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ];

    private void ReadEscape()
    {
        if (_at == _pattern.Length)
        {
            Fail("a backslash stands at its end");
            return;
        }
        char c = _pattern[_at++];
        if (SetOf(c) is { } set)
        {
            AddAtom($"[{set}]");
        }
        else if (c is 'b' or 'B' or 'A' or 'z')
        {
            AddAtom($@"\{c}");
        }
        else if (c is 'p' or 'P')
        {
            AddAtom(ReadCategory(isNegated: c == 'P'));
        }
        else if (c == 'Q')
        {
            ReadLiteralText();
        }
        else if (ReadCharacter(c) is { } code)
        {
            AddCodePoint(code);
        }
    }

    /// <summary>What stands between \Q and \E.</summary>
    private void ReadLiteralText()
    {
        int end = _pattern.IndexOf(@"\E", _at, StringComparison.Ordinal);
        int after = end < 0 ? _pattern.Length : end + 2;
        end = end < 0 ? _pattern.Length : end;
        while (_at < end)
        {
            AddLiteral(_pattern[_at++]);
        }
        _at = after;
    }

    /// <summary>class = "[" ["^"] item *item "]". A bracket that closes nothing yet is an item.</summary>
    private void ReadClass()
    {
        _output.Append('[');
        if (_at < _pattern.Length && _pattern[_at] == '^')
        {
            _output.Append('^');
            _at++;
        }
        int start = _at;
        while (_error is null && _at < _pattern.Length && (_pattern[_at] != ']' || _at == start))
        {
            ReadClassItem();
        }
        if (_at == _pattern.Length)
        {
            Fail("a bracket is not closed");
            return;
        }
        _at++;
        AddAtom("]");
    }

    /// <summary>item = "[:" name ":]" | escape | character [ "-" character ]</summary>
    private void ReadClassItem()
    {
        if (TryReadNamedSet())
        {
            return;
        }
        if (_pattern[_at] == '\\' && _at + 1 < _pattern.Length)
        {
            char c = _pattern[_at + 1];
            if (c is 'p' or 'P')
            {
                _at += 2;
                _output.Append(ReadCategory(isNegated: c == 'P'));
                return;
            }
            if (SetOf(c) is { } set)
            {
                _at += 2;
                _output.Append(set);
                return;
            }
        }
        if (ReadClassCharacter() is not { } low)
        {
            return;
        }
        _output.Append(Unit(low));
        if (_at + 1 < _pattern.Length && _pattern[_at] == '-' && _pattern[_at + 1] != ']')
        {
            _at++;
            if (ReadClassCharacter() is not { } high)
            {
                return;
            }
            if (high < low)
            {
                Fail("a range ends before it begins");
            }
            _output.Append('-').Append(Unit(high));
        }
    }

    private char? ReadClassCharacter()
    {
        char c = _pattern[_at++];
        int? code = c != '\\' ? c : _at < _pattern.Length ? ReadCharacter(_pattern[_at++]) : null;
        if (code is null or > char.MaxValue || char.IsSurrogate((char)code.Value))
        {
            Fail(code is null ? "a bracket is not closed" : "a character beyond U+FFFF stands in brackets");
            return null;
        }
        return (char)code.Value;
    }

    private bool TryReadNamedSet()
    {
        ReadOnlySpan<char> rest = _pattern.AsSpan(_at);
        int length = rest.StartsWith("[:") ? rest[2..].IndexOf(":]") : -1;
        if (length < 0)
        {
            return false;
        }
        int end = 2 + length;
        string? set = rest[2..end] switch
        {
            "alnum" => "0-9A-Za-z",
            "alpha" => "A-Za-z",
            "ascii" => @"\u0000-\u007F",
            "blank" => @"\t ",
            "cntrl" => @"\u0000-\u001F\u007F",
            "digit" => "0-9",
            "graph" => "!-~",
            "lower" => "a-z",
            "print" => " -~",
            "punct" => @"!-/:-@\u005B-`{-~",
            "space" => @"\t\n\v\f\r ",
            "upper" => "A-Z",
            "word" => "0-9A-Za-z_",
            "xdigit" => "0-9A-Fa-f",
            _ => null,
        };
        if (set is null)
        {
            Fail($"the class {rest[..(end + 2)]} is not known");
        }
        _output.Append(set);
        _at += end + 2;
        return true;
    }

    /// <summary>The items of the class that an escape stands for; null where it stands for none.</summary>
    private static string? SetOf(char c) => c switch
    {
        'd' => "0-9",
        'D' => @"\u0000-/:-\uFFFF",
        'w' => "0-9A-Za-z_",
        'W' => @"\u0000-/:-@\u005B-\u005E`{-\uFFFF",
        's' => @"\t\n\f\r ",
        'S' => @"\u0000-\u0008\u000B\u000E-\u001F!-\uFFFF",
        _ => null,
    };

    /// <summary>category = letter | "{" ["^"] name "}"</summary>
    private string ReadCategory(bool isNegated)
    {
        int end = _at < _pattern.Length && _pattern[_at] == '{' ? _pattern.IndexOf('}', _at) : _at;
        if (end < 0 || end >= _pattern.Length)
        {
            Fail(@"a name is missing behind \p");
            return "";
        }
        string name = _pattern[_at..(end + 1)].Trim('{', '}');
        _at = end + 1;
        bool negatesAgain = name.StartsWith('^');
        name = negatesAgain ? name[1..] : name;
        if (!Categories.Contains(name))
        {
            Fail($@"the category \p{{{name}}} is not known");
        }
        return $@"\{(isNegated != negatesAgain ? 'P' : 'p')}{{{name}}}";
    }

    /// <summary>The code point that an escape stands for, whose first character is taken; null after an error.</summary>
    private int? ReadCharacter(char c)
    {
        switch (c)
        {
            case 'a':
                return '\a';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case 'x':
                return ReadHex();
            case '0':
                return ReadOctal(0);
            case >= '1' and <= '7' when _at < _pattern.Length && _pattern[_at] is >= '0' and <= '7':
                return ReadOctal(c - '0');
            case < (char)0x80 when !char.IsAsciiLetterOrDigit(c):
                return c;
            default:
                Fail($@"the escape \{c} is not known");
                return null;
        }
    }

    /// <summary>hex = 2HEXDIG | "{" 1*6HEXDIG "}"</summary>
    private int? ReadHex()
    {
        bool inBraces = _at < _pattern.Length && _pattern[_at] == '{';
        int start = inBraces ? _at + 1 : _at;
        int end = inBraces ? _pattern.IndexOf('}', _at) : _at + 2;
        if (end < start || end > _pattern.Length || end - start > 6
            || !int.TryParse(
                _pattern.AsSpan(start, end - start),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out int code))
        {
            Fail(@"hexadecimal digits are missing behind \x");
            return null;
        }
        _at = inBraces ? end + 1 : end;
        return code;
    }

    private int ReadOctal(int code)
    {
        for (int more = 2; more > 0 && _at < _pattern.Length && _pattern[_at] is >= '0' and <= '7'; more--)
        {
            code = (8 * code) + _pattern[_at++] - '0';
        }
        return code;
    }
}
