using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PushGateway.Core.Query.Selectors;

/// <summary>
/// Regular expressions as Prometheus takes them: in the syntax of Go's regexp, for the whole value, and a dot is any
/// character. Their time is in proportion to the value, whatever the expression.
/// </summary>
/// <remarks>
/// What Go and .NET read alike is handed on, what they read differently (classes of ASCII, the end of the text) is
/// spelled out, and what Go does not have is an error. Of Go's, it lacks the names of scripts; and a character beyond
/// U+FFFF counts as two. Source: Go's regexp/syntax, "Syntax".
/// </remarks>
internal sealed partial class GoRegex
{
    /// <summary>Characters and classes, each as often as it is repeated: what the matcher's states are made of.</summary>
    private const int MaxSize = 5_000;

    private const int MaxRepeat = 1_000;
    private const int MaxDepth = 100;

    private readonly string _pattern;
    private readonly StringBuilder _output = new();
    private readonly Stack<Group> _outer = new();
    private Group _group = new() { DotTakesNewlines = true };
    private int _at;
    private string? _error;

    private GoRegex(string pattern) => _pattern = pattern;

    public static bool TryCreate(
        string pattern, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? error)
    {
        regex = null;
        var reader = new GoRegex(pattern);
        reader.ReadAll();
        error = reader._error;
        if (error is not null)
        {
            return false;
        }
        try
        {
            regex = new Regex(
                $@"\A(?:{reader._output})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            error = exception.Message;
            return false;
        }
    }

    private void ReadAll()
    {
        while (_error is null && _at < _pattern.Length)
        {
            ReadOne();
            if (_group.Size > MaxSize)
            {
                Fail("it is too large");
            }
        }
        if (_error is null && _outer.Count > 0)
        {
            Fail("a parenthesis is not closed");
        }
    }

    private void ReadOne()
    {
        char c = _pattern[_at++];
        switch (c)
        {
            case '\\':
                ReadEscape();
                break;
            case '[':
                ReadClass();
                break;
            case '(':
                Open();
                break;
            case ')':
                Close();
                break;
            case '|':
                _output.Append('|');
                _group.LastSize = 0;
                break;
            case '*' or '+' or '?':
                Repeat(c.ToString(), times: 2);
                break;
            case '{' when TryReadCounts(out int least, out int most):
                Repeat($"{{{Number(least)},{(most < 0 ? "" : Number(most))}}}", Math.Max(least + 1, most));
                break;
            case '.':
                AddAtom(_group.DotTakesNewlines ? "(?s:.)" : @"[^\n]");
                break;
            case '^':
                AddAtom(_group.IsMultiline ? "(?m:^)" : @"\A");
                break;
            case '$':
                AddAtom(_group.IsMultiline ? "(?m:$)" : @"\z");
                break;
            default:
                AddLiteral(c);
                break;
        }
    }

    /// <summary>A character that stands for itself; of two units where it is beyond U+FFFF.</summary>
    private void AddLiteral(char c)
    {
        if (char.IsHighSurrogate(c) && _at < _pattern.Length && char.IsLowSurrogate(_pattern[_at]))
        {
            AddAtom($"(?:{c}{_pattern[_at++]})");
        }
        else
        {
            AddAtom(char.IsAsciiLetterOrDigit(c) || c >= 0x80 ? c.ToString() : Unit(c));
        }
    }

    private void AddCodePoint(int code)
    {
        if (!Rune.IsValid(code))
        {
            Fail("an escape is no character");
            return;
        }
        string text = new Rune(code).ToString();
        AddAtom(text.Length == 1 ? Unit(text[0]) : $"(?:{text})");
    }

    private void AddAtom(string translated)
    {
        _output.Append(translated);
        _group.Size++;
        _group.LastSize = 1;
    }

    private void Repeat(string translated, int times)
    {
        if (_group.LastSize == 0)
        {
            Fail("there is nothing to repeat");
            return;
        }
        _output.Append(translated);
        _group.Size += _group.LastSize * (times - 1);
        _group.LastSize = 0;

        // How eager it is makes no difference to whether it matches.
        _at += _at < _pattern.Length && _pattern[_at] == '?' ? 1 : 0;
    }

    /// <summary>counts = number [ "," [ number ] ] "}". What is not that is a brace that stands for itself.</summary>
    private bool TryReadCounts(out int least, out int most)
    {
        most = least = 0;
        int end = _pattern.IndexOf('}', _at);
        if (end < 0)
        {
            return false;
        }
        string[] counts = _pattern[_at..end].Split(',');
        if (counts.Length > 2 || !TryReadCount(counts[0], out least))
        {
            return false;
        }
        most = counts.Length == 1 ? least : -1;
        if (counts.Length == 2 && counts[1].Length > 0 && !TryReadCount(counts[1], out most))
        {
            return false;
        }
        _at = end + 1;
        if (least > MaxRepeat || most > MaxRepeat || (most >= 0 && most < least))
        {
            Fail($"a number of repetitions is over {MaxRepeat}, or smaller than the one before it");
        }
        return true;
    }

    private static bool TryReadCount(string text, out int count)
    {
        bool isNumber = text.Length > 0 && text.All(char.IsAsciiDigit);
        count = !isNumber ? 0
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed
            : int.MaxValue;
        return isNumber;
    }

    // group := "(" [ "?" ( "P<" name ">" | "<" name ">" | flags ":" ) ] … ")" | "(?" flags ")"
    private void Open()
    {
        Group inner = new() { DotTakesNewlines = _group.DotTakesNewlines, IsMultiline = _group.IsMultiline };
        string opening = "(?:";
        if (_at < _pattern.Length && _pattern[_at] == '?')
        {
            _at++;
            if (!TrySkipName() && !TryReadFlags(inner, out opening))
            {
                return;
            }
        }
        if (_outer.Count == MaxDepth)
        {
            Fail("it is nested too deeply");
        }
        _output.Append(opening);
        _outer.Push(_group);
        _group = inner;
    }

    private void Close()
    {
        if (!_outer.TryPop(out Group? outer))
        {
            Fail("a parenthesis is closed that is not open");
            return;
        }
        _output.Append(')');
        long size = Math.Max(1, _group.Size);
        _group = outer;
        _group.Size += size;
        _group.LastSize = size;
    }

    /// <summary>What a group is called does not matter.</summary>
    private bool TrySkipName()
    {
        ReadOnlySpan<char> rest = _pattern.AsSpan(_at);
        int start = rest.StartsWith("P<") ? 2 : rest.StartsWith("<") ? 1 : 0;
        int end = rest.IndexOf('>');
        if (start == 0 || end <= start || rest[start..end].ContainsAnyExcept(WordCharacters))
        {
            return false;
        }
        _at += end + 1;
        return true;
    }

    /// <summary>flags = *( "i" | "m" | "s" | "U" ) [ "-" 1*( … ) ]. False after flags for the rest of the group, and after an error.</summary>
    private bool TryReadFlags(Group inner, out string opening)
    {
        opening = "";
        bool value = true;
        string letters = "";
        Group flags = new() { DotTakesNewlines = inner.DotTakesNewlines, IsMultiline = inner.IsMultiline };
        for (; _at < _pattern.Length; _at++)
        {
            char c = _pattern[_at];
            switch (c)
            {
                case 'i':
                    letters = value ? "i" : "-i";
                    break;
                case 'm':
                    flags.IsMultiline = value;
                    break;
                case 's':
                    flags.DotTakesNewlines = value;
                    break;
                case 'U':
                    break;
                case '-' when value:
                    value = false;
                    break;
                case ':' or ')':
                    _at++;
                    Group target = c == ':' ? inner : _group;
                    target.DotTakesNewlines = flags.DotTakesNewlines;
                    target.IsMultiline = flags.IsMultiline;
                    opening = $"(?{letters}:";
                    _output.Append(c == ')' && letters.Length > 0 ? $"(?{letters})" : "");
                    _group.LastSize = 0;
                    return c == ':';
                default:
                    Fail($"(?{c} is not known");
                    return false;
            }
        }
        Fail("a parenthesis is not closed");
        return false;
    }

    private void Fail(string message) => _error ??= message;

    private static string Unit(char c) => string.Create(CultureInfo.InvariantCulture, $@"\u{(int)c:X4}");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>What is known of a group while it is read; flags hold for the rest of it.</summary>
    private sealed class Group
    {
        public long Size { get; set; }

        /// <summary>Of what a repetition would repeat; 0 where there is nothing to repeat.</summary>
        public long LastSize { get; set; }

        public bool DotTakesNewlines { get; set; }

        public bool IsMultiline { get; set; }
    }
}
