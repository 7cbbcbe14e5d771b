using System.Text;
using System.Text.RegularExpressions;

namespace PushGateway.Core.Query.Selectors;

/// <summary>How a matcher compares: <c>=</c>, <c>!=</c>, <c>=~</c>, <c>!~</c>.</summary>
public enum MatchKind
{
    Equal,
    NotEqual,
    Regex,
    NotRegex,
}

/// <summary>A condition on the value of one label. A missing label has the empty value.</summary>
public sealed class LabelMatcher
{
    private readonly Regex? _regex;

    /// <param name="regex">The regular expression of the value, by <see cref="GoRegex"/>; null for the other
    /// kinds.</param>
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

    /// <summary>Whether it matches series without the label.</summary>
    public bool MatchesEmpty { get; }

    /// <param name="buffer">A buffer for regular expressions, not shared with other threads.</param>
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

/// <summary>Decodes UTF-8, one text at a time: the result is valid until the next call. Not thread-safe.</summary>
internal sealed class CharBuffer
{
    private char[] _chars = new char[128];

    /// <summary>Bytes that are not UTF-8 become U+FFFD.</summary>
    public ReadOnlySpan<char> Decode(ReadOnlySpan<byte> utf8)
    {
        if (_chars.Length < utf8.Length)
        {
            // UTF-8 never has fewer bytes than UTF-16 has units.
            _chars = new char[Math.Max(utf8.Length, 2 * _chars.Length)];
        }
        return _chars.AsSpan(0, Encoding.UTF8.GetChars(utf8, _chars));
    }
}
