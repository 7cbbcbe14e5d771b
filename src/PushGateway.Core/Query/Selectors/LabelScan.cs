using PushGateway.Core.Store.Output;

namespace PushGateway.Core.Query.Selectors;

/// <summary>
/// Applies a matcher to values, and to the sample lines of families with plain names, in order. Not thread-safe.
/// </summary>
/// <remarks>
/// Does not parse lines, but searches ahead for the next line with the label, or with the label and the matcher's
/// value. The label up to its first quote cannot occur in a value, where quotes have a backslash.
/// </remarks>
internal sealed class LabelScan
{
    private readonly LabelMatcher _matcher;
    private readonly CharBuffer _buffer = new();
    private readonly byte[] _start;
    private readonly byte[] _needle;

    /// <summary>Whether the needle includes the value, so that a hit is a match.</summary>
    private readonly bool _isExact;

    /// <summary>Cached results of a regular expression; null for the other matchers.</summary>
    private readonly KnownMatches? _known;

    /// <summary>The next position of the needle; the maximum value for none.</summary>
    private int _next;

    public LabelScan(LabelMatcher matcher)
    {
        _matcher = matcher;
        bool isRegex = matcher.Kind is MatchKind.Regex or MatchKind.NotRegex;
        _known = isRegex ? new KnownMatches() : null;
        _isExact = !isRegex && !matcher.Value.IsEmpty;

        // The form in which TextExposition writes names.
        byte[] name = NameRules.IsLegacyLabelName(matcher.Name.Span)
            ? matcher.Name.Span.ToArray()
            : [(byte)'"', .. SampleLineReader.Escape(matcher.Name.Span), (byte)'"'];
        _start = [.. name, .. "=\""u8];
        _needle = _isExact ? [.. _start, .. SampleLineReader.Escape(matcher.Value.Span), (byte)'"'] : _start;
    }

    public Utf8String Name => _matcher.Name;

    public bool MatchesEmpty => _matcher.MatchesEmpty;

    public bool Matches(ReadOnlySpan<byte> value)
    {
        if (_known is not { } known)
        {
            return _matcher.Matches(value, _buffer);
        }
        if (!known.TryGet(value, out bool matches))
        {
            matches = _matcher.Matches(value, _buffer);
            known.Set(value, matches);
        }
        return matches;
    }

    /// <summary>Whether any line of a family may match.</summary>
    public bool MayMatchIn(ReadOnlySpan<byte> lines) => MatchesEmpty || lines.IndexOf(_needle) >= 0;

    /// <summary>Begins the lines of a family.</summary>
    /// <param name="hidden">A label that counts as absent.</param>
    public void Begin(ReadOnlySpan<byte> hidden) => _next = Name.Span.SequenceEqual(hidden) ? int.MaxValue : -1;

    /// <summary>Whether the line between two indexes matches. Call it for lines in order.</summary>
    public bool MatchesLine(ReadOnlySpan<byte> lines, int start, int end)
    {
        if (NextFrom(lines, start) >= end)
        {
            return MatchesEmpty;
        }
        return _isExact ? _matcher.Kind == MatchKind.Equal : Matches(ValueAt(lines[(_next + _start.Length)..]));
    }

    /// <summary>The start of the first line that may match, at or after the start of a line.</summary>
    public int Skip(ReadOnlySpan<byte> lines, int start) =>
        MatchesEmpty ? start
        : NextFrom(lines, start) == int.MaxValue ? lines.Length
        : start + lines[start.._next].LastIndexOf((byte)'\n') + 1;

    private int NextFrom(ReadOnlySpan<byte> lines, int start)
    {
        while (_next < start)
        {
            int at = lines[start..].IndexOf(_needle);
            if (at < 0)
            {
                _next = int.MaxValue;
            }
            else if (start + at > 0 && lines[start + at - 1] is (byte)'{' or (byte)',')
            {
                _next = start + at;
            }
            else
            {
                // The end of another name.
                start += at + 1;
            }
        }
        return _next;
    }

    private static ReadOnlySpan<byte> ValueAt(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> escaped = rest[..SampleLineReader.EndOfQuoted(rest)];
        return escaped.Contains((byte)'\\') ? SampleLineReader.Unescape(escaped) : escaped;
    }
}
