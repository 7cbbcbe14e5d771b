using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;

namespace PushGateway.Core.Query.Selectors;

/// <summary>
/// Matches a selector against groups, one after the other: first what all series of a group or family share, then the
/// labels of samples. Not thread-safe.
/// </summary>
internal sealed class SelectorScan
{
    private readonly LabelMatcher[] _nameMatchers;
    private readonly LabelMatcher[] _labelMatchers;
    private readonly CharBuffer _buffer = new();

    /// <summary>Whether the name matches, by header. Groups share headers, so there are few.</summary>
    private readonly Dictionary<FamilyHeader, bool> _names = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// The matchers that the current grouping key does not decide, and bytes that lines must contain for one to match.
    /// </summary>
    private readonly List<LabelMatcher> _open = [];
    private readonly List<byte[]> _needles = [];
    private readonly Dictionary<LabelMatcher, byte[]> _needleOf = [];

    /// <summary>A label up to its value: <c>name="</c>.</summary>
    private readonly Dictionary<LabelMatcher, byte[]> _startOf = [];

    public SelectorScan(Selector selector)
    {
        _nameMatchers = [.. selector.Matchers.Where(matcher => matcher.Name == Selector.NameLabel)];
        _labelMatchers = [.. selector.Matchers.Where(matcher => matcher.Name != Selector.NameLabel)];
        foreach (LabelMatcher matcher in _labelMatchers)
        {
            _startOf.Add(matcher, StartOf(matcher));
            if (!matcher.MatchesEmpty)
            {
                _needleOf.Add(matcher, NeedleOf(matcher));
            }
        }
    }

    /// <summary>Whether the key of the current group (the last one matched) rules out none of its series.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>
    /// Whether the current grouping key decides everything but the name, so that all series of a family are selected or none.
    /// </summary>
    public bool SelectsAllSeries => _open.Count == 0;

    /// <summary>Makes the group of a key the current one. False if the key rules out all its series.</summary>
    public bool Begin(ReadOnlySpan<Label> key) => IsOpen = TryOpen(key);

    /// <summary>Whether the selector selects one of the group's series. Makes it the current group.</summary>
    public bool Matches(MetricGroup group)
    {
        if (!Begin(group.Key.Labels))
        {
            return false;
        }
        foreach (ref readonly StoredFamily family in group.Families)
        {
            if (family.MetricCount > 0 && HasName(family.Header) && SelectsSeriesOf(family))
            {
                return true;
            }
        }
        return false;
    }

    public bool HasName(FamilyHeader header)
    {
        if (_nameMatchers.Length == 0)
        {
            return true;
        }
        if (!_names.TryGetValue(header, out bool matches))
        {
            matches = Array.TrueForAll(_nameMatchers, matcher => matcher.Matches(header.Name.Span, _buffer));
            _names.Add(header, matches);
        }
        return matches;
    }

    /// <summary>Whether a family of the current group, whose name matches, may have selected series.</summary>
    public bool MaySelectSeriesOf(in StoredFamily family)
    {
        foreach (byte[] needle in _needles)
        {
            if (family.Lines.IndexOf(needle) < 0)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Whether the selector selects a metric of such a family.</summary>
    public bool SelectsMetric(Metric metric)
    {
        foreach (LabelMatcher matcher in _open)
        {
            TryFind(metric.Labels, matcher.Name, out Utf8String value);
            if (!matcher.Matches(value.Span, _buffer))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Starts a group. False if its key rules out all its series.</summary>
    private bool TryOpen(ReadOnlySpan<Label> key)
    {
        _open.Clear();
        _needles.Clear();
        foreach (LabelMatcher matcher in _labelMatchers)
        {
            if (!TryFind(key, matcher.Name, out Utf8String value))
            {
                _open.Add(matcher);
                if (_needleOf.TryGetValue(matcher, out byte[]? needle))
                {
                    _needles.Add(needle);
                }
            }
            else if (!matcher.Matches(value.Span, _buffer))
            {
                return false;
            }
        }
        return true;
    }

    private bool SelectsSeriesOf(in StoredFamily family)
    {
        if (_open.Count == 0)
        {
            return true;
        }
        if (!MaySelectSeriesOf(family))
        {
            return false;
        }
        if (!family.IsLinePerMetric)
        {
            return family.Decode().Metrics.Exists(SelectsMetric);
        }
        ReadOnlySpan<byte> rest = family.Lines;
        while (!rest.IsEmpty)
        {
            int length = rest.IndexOf((byte)'\n') + 1;
            if (SelectsLine(rest[..length], hidden: []))
            {
                return true;
            }
            rest = rest[length..];
        }
        return false;
    }

    /// <summary>Whether the selector selects a line with plain names of a family of the current group, whose name matches.</summary>
    /// <param name="hidden">A label that counts as absent.</param>
    public bool SelectsLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> hidden)
    {
        foreach (LabelMatcher matcher in _open)
        {
            ReadOnlySpan<byte> value =
                matcher.Name.Span.SequenceEqual(hidden) ? [] : FindValue(line, _startOf[matcher]);
            if (!matcher.Matches(value, _buffer))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The value of a label of a line; empty without the label.</summary>
    /// <param name="start">The label up to its first quote, which stands in no value: there, quotes have a backslash.</param>
    private static ReadOnlySpan<byte> FindValue(ReadOnlySpan<byte> line, ReadOnlySpan<byte> start)
    {
        while (line.IndexOf(start) is > 0 and var at)
        {
            ReadOnlySpan<byte> rest = line[(at + start.Length)..];
            if (line[at - 1] is (byte)'{' or (byte)',')
            {
                ReadOnlySpan<byte> escaped = rest[..SampleLineReader.EndOfQuoted(rest)];
                return escaped.Contains((byte)'\\') ? SampleLineReader.Unescape(escaped) : escaped;
            }
            line = rest;
        }
        return [];
    }

    /// <summary>The value of the last label of that name, which is the one shown.</summary>
    private static bool TryFind(ReadOnlySpan<Label> labels, Utf8String name, out Utf8String value)
    {
        for (int i = labels.Length - 1; i >= 0; i--)
        {
            if (labels[i].Name == name)
            {
                value = labels[i].Value;
                return true;
            }
        }
        value = default;
        return false;
    }

    /// <summary>
    /// Bytes that the lines of a family contain if the matcher matches one of its series: <c>name="</c>, with the value
    /// if it is known. Searching for them is much faster than parsing lines.
    /// </summary>
    private static byte[] NeedleOf(LabelMatcher matcher)
    {
        byte[] value = matcher.Kind == MatchKind.Equal
            ? [.. SampleLineReader.Escape(matcher.Value.Span), (byte)'"']
            : [];
        return [.. StartOf(matcher), .. value];
    }

    private static byte[] StartOf(LabelMatcher matcher)
    {
        // TextExposition writes names this way.
        byte[] name = NameRules.IsLegacyMetricName(matcher.Name.Span)
            ? matcher.Name.Span.ToArray()
            : [(byte)'"', .. SampleLineReader.Escape(matcher.Name.Span), (byte)'"'];
        return [.. name, .. "=\""u8];
    }
}
