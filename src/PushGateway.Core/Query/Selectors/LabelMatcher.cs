using System.Text.RegularExpressions;
using PushGateway.Core.Model;

namespace PushGateway.Core.Query.Selectors;

/// <summary>How a matcher compares: <c>=</c>, <c>!=</c>, <c>=~</c>, <c>!~</c>.</summary>
public enum MatchKind
{
    Equal,
    NotEqual,
    Regex,
    NotRegex,
}

/// <summary>A condition on the value of one label. A label that is not there has the empty value.</summary>
public sealed class LabelMatcher
{
    private readonly Regex? _regex;

    /// <param name="regex">What <see cref="GoRegex"/> made of the value; null where it is not a regular expression.</param>
    internal LabelMatcher(Utf8String name, MatchKind kind, Utf8String value, Regex? regex)
    {
        Name = name;
        Kind = kind;
        Value = value;
        _regex = regex;
        MatchesEmpty = Matches([], new CharBuffer());
    }

    public Utf8String Name { get; }

    public MatchKind Kind { get; }

    public Utf8String Value { get; }

    /// <summary>Whether it holds for series that do not have the label.</summary>
    public bool MatchesEmpty { get; }

    /// <param name="buffer">The caller's own, for regular expressions.</param>
    internal bool Matches(ReadOnlySpan<byte> value, CharBuffer buffer) => Kind switch
    {
        MatchKind.Equal => value.SequenceEqual(Value.Span),
        MatchKind.NotEqual => !value.SequenceEqual(Value.Span),
        MatchKind.Regex => _regex!.IsMatch(buffer.Decode(value)),
        _ => !_regex!.IsMatch(buffer.Decode(value)),
    };

    public override string ToString()
    {
        string sign = Kind switch
        {
            MatchKind.Equal => "=",
            MatchKind.NotEqual => "!=",
            MatchKind.Regex => "=~",
            _ => "!~",
        };
        return $"{Name}{sign}{GoQuote.Quote(Value.Span)}";
    }
}
