using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Selectors;

/// <summary>
/// Applies a selector to groups in turn: first to the labels that all series of a group or family share, then to the
/// labels of samples. Not thread-safe.
/// </summary>
internal sealed class SelectorScan
{
    private readonly LabelScan[] _names;
    private readonly LabelScan[] _labels;

    /// <summary>Whether the name matches, by header. Groups share headers, so there are few.</summary>
    private readonly Dictionary<FamilyHeader, bool> _headers = new(ReferenceEqualityComparer.Instance);

    /// <summary>The matchers that the current grouping key does not decide.</summary>
    private readonly List<LabelScan> _open = [];

    /// <param name="job">The job of all groups; null if there may be several jobs.</param>
    public SelectorScan(Selector selector, Utf8String? job = null)
    {
        _names = [.. selector.Matchers.Where(matcher => matcher.Name == Selector.NameLabel).Select(matcher => new LabelScan(matcher))];
        _labels =
        [
            .. selector.Matchers.Where(matcher => matcher.Name != Selector.NameLabel).Select(matcher => new LabelScan(matcher))
                .Where(label => job is not { } known || label.Name != Selector.JobLabel || !label.Matches(known.Span)),
        ];
    }

    /// <summary>Whether the key of the current group (the last matched one) excludes none of its series.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>
    /// Whether the current grouping key decides everything except the name, so that either all series of a family are selected or none.
    /// </summary>
    public bool SelectsAllSeries => _open.Count == 0;

    /// <summary>Makes a group the current one. False if its key excludes all its series.</summary>
    public bool Begin(MetricGroup group) =>
        // Reading the key of a group is a cache miss, so it is read only if a matcher needs it.
        IsOpen = _labels.Length == 0 || TryOpen(group.Key.Labels);

    /// <inheritdoc cref="Begin(MetricGroup)"/>
    /// <param name="labels">The labels of all series of the group.</param>
    public bool Begin(ReadOnlySpan<Label> labels) => IsOpen = TryOpen(labels);

    /// <summary>Whether the selector selects one of the group's series. Makes it the current group.</summary>
    public bool Matches(MetricGroup group)
    {
        if (!Begin(group))
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
        if (_names.Length == 0)
        {
            return true;
        }
        if (!_headers.TryGetValue(header, out bool matches))
        {
            matches = Array.TrueForAll(_names, name => name.Matches(header.Name.Span));
            _headers.Add(header, matches);
        }
        return matches;
    }

    /// <summary>Whether a family of the current group, whose name matches, may have selected series.</summary>
    public bool MaySelectSeriesOf(in StoredFamily family)
    {
        foreach (LabelScan label in _open)
        {
            if (!label.MayMatchIn(family.Lines))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Whether the selector selects a metric of such a family.</summary>
    public bool SelectsMetric(Metric metric)
    {
        foreach (LabelScan label in _open)
        {
            TryFind(metric.Labels, label.Name, out Utf8String value);
            if (!label.Matches(value.Span))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Begins the lines of a family of the current group. Its names must be plain, and its own name must match.</summary>
    /// <param name="hidden">A label that counts as absent.</param>
    public void BeginLines(ReadOnlySpan<byte> hidden)
    {
        foreach (LabelScan label in _open)
        {
            label.Begin(hidden);
        }
    }

    /// <summary>Whether the selector selects the line between two indexes. Call it for lines in order.</summary>
    public bool SelectsLine(ReadOnlySpan<byte> lines, int start, int end)
    {
        foreach (LabelScan label in _open)
        {
            if (!label.MatchesLine(lines, start, end))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The start of the first line that may be selected, at or after the start of a line.</summary>
    public int Skip(ReadOnlySpan<byte> lines, int start)
    {
        foreach (LabelScan label in _open)
        {
            start = label.Skip(lines, start);
        }
        return start;
    }

    /// <summary>Begins a group. False if its key excludes all its series.</summary>
    private bool TryOpen(ReadOnlySpan<Label> key)
    {
        _open.Clear();
        foreach (LabelScan label in _labels)
        {
            if (!TryFind(key, label.Name, out Utf8String value))
            {
                _open.Add(label);
            }
            else if (!label.Matches(value.Span))
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
        if (!family.IsLinePerMetric)
        {
            return MaySelectSeriesOf(family) && family.Decode().Metrics.Exists(SelectsMetric);
        }
        ReadOnlySpan<byte> lines = family.Lines;
        BeginLines(hidden: []);
        for (int start = Skip(lines, 0), end; start < lines.Length; start = Skip(lines, end))
        {
            end = start + lines[start..].IndexOf((byte)'\n') + 1;
            if (SelectsLine(lines, start, end))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The value of the last label of that name, which is the one that scrapes show.</summary>
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
}
