using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace PushGateway.Core.Query.Selectors;

/// <summary>
/// Parses selectors of Prometheus: <c>name</c>, <c>name{a="b",c=~"d.*"}</c>, <c>{a="b"}</c>,
/// <c>{"a name", a="b"}</c>; and also matchers without braces, <c>a="b",c!="d"</c>.
/// </summary>
/// <remarks>Source: the Prometheus documentation, "Querying basics".</remarks>
public sealed class SelectorParser
{
    /// <summary>Handwritten selectors have a few matchers. Each matcher costs time for every group.</summary>
    private const int MaxMatchers = 64;

    private const string NameTwice = "the metric name is given twice";

    private readonly string _text;
    private readonly SelectorCursor _cursor;
    private readonly List<LabelMatcher> _matchers = [];
    private SelectorError? _error;

    /// <summary>Whether the selector has a metric name, apart from matchers of __name__.</summary>
    private bool _hasName;

    private SelectorParser(string text)
    {
        _text = text;
        _cursor = new SelectorCursor(text);
    }

    public static bool TryParse(
        string text, [NotNullWhen(true)] out Selector? selector, [NotNullWhen(false)] out SelectorError? error)
    {
        var parser = new SelectorParser(text);
        parser.ParseSelector();
        error = parser._error;
        selector = error is null ? new Selector(parser._matchers) : null;
        return error is null;
    }

    // selector := name [ braces ] | braces | matchers
    private void ParseSelector()
    {
        _cursor.SkipBlanks();
        int start = _cursor.Position;
        if (_cursor.IsAt('{'))
        {
            ParseBraces();
        }
        else
        {
            ParseUnbraced();
        }
        if (_error is null && !_cursor.IsAtEnd)
        {
            Fail(_cursor.Position, $"expected the end, found {_cursor.Describe()}");
        }
        if (_error is null && _matchers.TrueForAll(matcher => matcher.MatchesEmpty))
        {
            Fail(start, "a selector needs a matcher that does not match the empty value");
        }
        if (_error is null && _matchers.Count > MaxMatchers)
        {
            Fail(start, $"a selector has at most {MaxMatchers} matchers");
        }
    }

    private void ParseUnbraced()
    {
        int start = _cursor.Position;
        string name = _cursor.TakeName();
        _cursor.SkipBlanks();
        if (name.Length == 0 && !_cursor.IsAtQuote())
        {
            Fail(start, $"expected a metric name, a label name or \"{{\", found {_cursor.Describe()}");
        }
        else if (name.Length == 0 || _cursor.IsAt('=') || _cursor.IsAt('!'))
        {
            ParseMatchers(start, name);
        }
        else
        {
            AddName(new Utf8String(name), start);
            if (_cursor.IsAt('{'))
            {
                ParseBraces();
            }
        }
    }

    // braces := "{" [ matchers ] "}"
    private void ParseBraces()
    {
        _cursor.TryTake('{');
        _cursor.SkipBlanks();
        if (!_cursor.IsAt('}'))
        {
            int start = _cursor.Position;
            ParseMatchers(start, _cursor.TakeName());
        }
        if (_error is null && !_cursor.TryTake('}'))
        {
            Fail(_cursor.Position, $"expected \",\" or \"}}\", found {_cursor.Describe()}");
        }
        _cursor.SkipBlanks();
    }

    /// <summary>matchers := matcher { "," matcher } [ "," ]</summary>
    /// <param name="first">The name of the first label if it was read already; otherwise empty.</param>
    private void ParseMatchers(int start, string first)
    {
        ParseMatcher(start, first);
        _cursor.SkipBlanks();
        while (_error is null && _cursor.TryTake(','))
        {
            _cursor.SkipBlanks();
            if (_cursor.IsAt('}') || _cursor.IsAtEnd)
            {
                return;
            }
            start = _cursor.Position;
            ParseMatcher(start, _cursor.TakeName());
            _cursor.SkipBlanks();
        }
    }

    // matcher := ( name | quoted ) operator quoted | quoted
    private void ParseMatcher(int start, string plainName)
    {
        Utf8String name = new(plainName);
        bool isQuoted = plainName.Length == 0 && _cursor.IsAtQuote();
        if (isQuoted && _cursor.TakeQuoted(out name) is { } nameError)
        {
            Fail(_cursor.Position, nameError);
            return;
        }
        if (name.IsEmpty)
        {
            Fail(start, isQuoted ? "a name is empty" : $"expected a label name, found {_cursor.Describe()}");
            return;
        }
        _cursor.SkipBlanks();
        if (TakeOperator() is not { } kind)
        {
            if (isQuoted && (_cursor.IsAt(',') || _cursor.IsAt('}')))
            {
                AddName(name, start);
                return;
            }
            Fail(_cursor.Position, $"expected \"=\", \"!=\", \"=~\" or \"!~\", found {_cursor.Describe()}");
            return;
        }
        if (plainName.Contains(':', StringComparison.Ordinal))
        {
            Fail(start, "a label name with a colon has to be in quotes");
            return;
        }
        _cursor.SkipBlanks();
        ParseValue(name, kind, start);
    }

    private MatchKind? TakeOperator()
    {
        if (_cursor.TryTake('='))
        {
            return _cursor.TryTake('~') ? MatchKind.Regex : MatchKind.Equal;
        }
        if (_cursor.TryTake('!'))
        {
            return _cursor.TryTake('~') ? MatchKind.NotRegex : _cursor.TryTake('=') ? MatchKind.NotEqual : null;
        }
        return null;
    }

    private void ParseValue(Utf8String name, MatchKind kind, int nameStart)
    {
        int start = _cursor.Position;
        if (!_cursor.IsAtQuote())
        {
            Fail(start, $"expected a value in quotes, found {_cursor.Describe()}");
            return;
        }
        if (_cursor.TakeQuoted(out Utf8String value) is { } error)
        {
            Fail(_cursor.Position, error);
            return;
        }
        Regex? regex = null;
        if (kind is MatchKind.Regex or MatchKind.NotRegex
            && !GoRegex.TryCreate(value.ToString(), out regex, out string? fault))
        {
            Fail(start, $"a regular expression is wrong: {fault}");
            return;
        }
        if (name == Selector.NameLabel && _hasName)
        {
            Fail(nameStart, NameTwice);
            return;
        }
        _matchers.Add(new LabelMatcher(name, kind, value, regex));
    }

    private void AddName(Utf8String name, int start)
    {
        if (_matchers.Exists(matcher => matcher.Name == Selector.NameLabel))
        {
            Fail(start, NameTwice);
            return;
        }
        _hasName = true;
        _matchers.Add(new LabelMatcher(Selector.NameLabel, MatchKind.Equal, name, regex: null));
    }

    private void Fail(int index, string message) => _error ??= SelectorError.At(_text, index, message);
}
