using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PushGateway.Core.Query.Selectors;

/// <summary>
/// Regular expressions of selectors: RE2 syntax, matched against the whole value, in time proportional to its length.
/// </summary>
/// <remarks>
/// Translates syntax that .NET reads differently. Rejects parts of Go's regexp/syntax: \b \B \p \P \Q \C, octal
/// escapes, \x{…}, the flags m, U and -s, and negated classes in brackets. As in Prometheus, a dot also matches
/// newlines. Known gap: (?i) folds case like .NET, for which s and ſ, or σ and ς, are different letters.
/// </remarks>
public sealed partial class GoRegex
{
    /// <summary>The maximum states of the automaton: characters and classes, multiplied by their repetitions.</summary>
    private const int MaxSize = 5_000;

    private const int MaxRepeat = 1_000;
    private const int MaxDepth = 100;

    /// <summary>The sizes of the groups around the current one.</summary>
    private readonly Stack<long> _outer = new();
    private readonly StringBuilder _output = new();
    private long _size;

    /// <summary>The size of the expression that a repetition would repeat.</summary>
    private long _last;
    private readonly string _pattern;
    private string? _error;

    private GoRegex(string pattern) => _pattern = pattern;

    /// <summary>The regular expression that matches complete texts, or an error in the pattern.</summary>
    public static bool TryCreate(
        string pattern, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? error)
    {
        var translation = new GoRegex(pattern);
        translation.Translate();
        regex = null;
        error = translation._error;
        if (error is not null)
        {
            return false;
        }
        try
        {
            regex = new Regex(
                $@"\A(?:{translation._output})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (RegexParseException exception)
        {
            error = exception.Error switch
            {
                RegexParseError.QuantifierAfterNothing or RegexParseError.NestedQuantifiersNotParenthesized =>
                    "there is nothing to repeat",
                RegexParseError.ReversedCharacterRange => "a range ends before it begins",
                _ => exception.Message,
            };
            return false;
        }
        catch (NotSupportedException)
        {
            // .NET also limits its automaton, in which a class may have several states.
            error = "it is too large";
            return false;
        }
    }

    private void Translate()
    {
        for (int at = 0; at < _pattern.Length && _error is null;)
        {
            Match token = Token().Match(_pattern, at);
            if (token.Success)
            {
                Add(token);
            }
            else
            {
                Fail(DescribeUnknown(_pattern[at..]));
            }
            at += token.Length;
        }
        if (_outer.Count > 0)
        {
            Fail("a parenthesis is not closed");
        }
    }

    private void Add(Match token)
    {
        if (token.Groups["open"].Success)
        {
            _output.Append(CultureInfo.InvariantCulture, $"(?{FoldFlag(token)}:");
            _outer.Push(_size);
            _size = 0;
        }
        else if (token.Groups["options"].Success)
        {
            _output.Append(FoldFlag(token) is { Length: > 0 } fold ? $"(?{fold})" : "");
        }
        else if (token.Groups["repeat"].Success)
        {
            _output.Append(token.Value);
            _size += _last * (Repetitions(token) - 1);
        }
        else if (token.Value == "|")
        {
            _output.Append('|');
        }
        else if (token.Value == ")")
        {
            Close();
        }
        else
        {
            _output.Append(TranslateAtom(token));
            _size += _last = 1;
        }
        if (_size > MaxSize)
        {
            Fail("it is too large");
        }
        if (_outer.Count > MaxDepth)
        {
            Fail("it is nested too deeply");
        }
    }

    private void Close()
    {
        if (!_outer.TryPop(out long outer))
        {
            Fail("a parenthesis is closed that is not open");
        }
        _output.Append(')');
        _last = Math.Max(1, _size);
        _size = outer + _last;
    }

    private long Repetitions(Match token)
    {
        if (!token.Groups["min"].Success)
        {
            return 2;
        }
        long min = Count(token.Groups["min"]);
        long max = token.Groups["max"].Success ? Count(token.Groups["max"]) : min;
        if (max > MaxRepeat || max < min)
        {
            Fail($"a number of repetitions is over {MaxRepeat}, or smaller than the one before it");
        }
        return Math.Max(max, min + 1);
    }

    private static int Count(Group digits) =>
        int.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : int.MaxValue;

    private string TranslateAtom(Match token) => token.Value switch
    {
        // In a run of any length, the halves of a character beyond U+FFFF match as the whole does.
        "." => _pattern.AsSpan(token.Index + 1).StartsWith("*") ? "(?s:.)" : Class("", isNegated: true),
        "^" => @"\A",
        "$" => @"\z",
        @"\A" or @"\z" => token.Value,
        ['[', .. string items, ']'] => TranslateBrackets(items),
        ['\\', 'd' or 'w' or 's' or 'D' or 'W' or 'S'] => Class(SetOf(token.Value[1]), char.IsUpper(token.Value[1])),
        _ => $"(?:{Literal(token.Value)})",
    };

    private string TranslateBrackets(string items)
    {
        bool isNegated = items.StartsWith('^');
        var set = new StringBuilder();
        for (int at = isNegated ? 1 : 0; at < items.Length;)
        {
            Match item = BracketItem().Match(items, at);
            if (!item.Success)
            {
                Fail($"{DescribeUnknown(items[at..])} in brackets");
                break;
            }
            at += item.Length;
            set.Append(item.Groups["set"].Success ? SetOf(item.Value[1])
                    : item.Groups["name"].Success ? NamedSetOf(item.Groups["name"].Value)
                    : Literal(item.Groups["low"].Value))
                .Append(item.Groups["high"].Success ? $"-{Literal(item.Groups["high"].Value)}" : "");
        }
        return Class(set.ToString(), isNegated);
    }

    /// <summary>Adapts a negated class, since .NET treats a character beyond U+FFFF as two.</summary>
    private static string Class(string items, bool isNegated) =>
        isNegated ? $@"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^{items}\uD800-\uDFFF])" : $"[{items}]";

    /// <summary>Go's classes contain only ASCII.</summary>
    private static string SetOf(char letter) => char.ToLowerInvariant(letter) switch
    {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        _ => @"\t\n\f\r ",
    };

    private string NamedSetOf(string name)
    {
        string? set = name switch
        {
            "alnum" => "0-9A-Za-z",
            "alpha" => "A-Za-z",
            "ascii" => @"\x00-\x7F",
            "blank" => @"\t ",
            "digit" => "0-9",
            "lower" => "a-z",
            "punct" => @"!-/:-@\[-`{-~",
            "space" => @"\t\n\v\f\r ",
            "upper" => "A-Z",
            "word" => "0-9A-Za-z_",
            "xdigit" => "0-9A-Fa-f",
            _ => null,
        };
        if (set is null)
        {
            Fail($"the class [:{name}:] is not supported");
        }
        return set ?? "";
    }

    /// <summary>A character, escaped if .NET may read it differently.</summary>
    private static string Literal(string token) =>
        token is ['\\', 'x' or 'a' or 'f' or 'n' or 'r' or 't' or 'v', ..]
            ? token
            : string.Concat((token[0] == '\\' ? token[1..] : token).Select(unit => $@"\u{(int)unit:X4}"));

    private static string FoldFlag(Match token) => token.Groups["flags"].Value.Replace("s", "", StringComparison.Ordinal);

    private static string DescribeUnknown(string rest) => rest switch
    {
        @"\" => "a backslash stands at its end",
        ['\\', 'x', ..] => @"two hexadecimal digits are missing after \x",
        ['\\', ..] => $"the escape {rest[..2]} is not supported",
        ['(', ..] => rest.Contains(')', StringComparison.Ordinal)
            ? $"{rest[..3]} is not supported"
            : "a parenthesis is not closed",
        ['[', ..] => "a bracket is not closed",
        [>= '\uD800' and <= '\uDFFF', ..] => "a character beyond U+FFFF is not supported",
        _ => "a range without an end is not supported",
    };

    private void Fail(string message) => _error ??= message;

    private const string Escape = @"\\x[0-9A-Fa-f]{2}|\\[afnrtv]|\\[!-/:-@[-`{-~]";
    private const string BracketCharacter = $@"(?:(?!\[:.*?:\])[^\\\uD800-\uDFFF]|{Escape})";
    private const string Flags = "(?<flags>is?|si?|-i|)";
    private const string Number = "0|[1-9][0-9]*";

    [GeneratedRegex(
        $@"\G(?:(?<open>\((?!\?)|\(\?P?<[0-9A-Za-z_]+>|\(\?{Flags}:)|(?<options>\(\?{Flags}\))"
        + $@"|(?<repeat>(?:[*+?]|\{{(?<min>{Number})(?:,(?<max>{Number})?)?\}})\??)"
        + @"|\[\^?(?>\]?)(?>(?:\[:.*?:\]|\\.|[^\]\\])*)\]"
        + $@"|{Escape}|\\[dwsDWSAz]|[^\\(\[\uD800-\uDFFF]|[\uD800-\uDBFF][\uDC00-\uDFFF])",
        RegexOptions.Singleline)]
    private static partial Regex Token();

    [GeneratedRegex(
        $@"\G(?:\\(?<set>[dws])|\[:(?<name>.*?):\]|(?<low>{BracketCharacter})(?:-(?<high>{BracketCharacter})|(?!-.)))", RegexOptions.Singleline)]
    private static partial Regex BracketItem();
}
