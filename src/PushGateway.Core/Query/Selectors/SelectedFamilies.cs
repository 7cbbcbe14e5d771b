using PushGateway.Core.Store;
using PushGateway.Core.Store.Rendering;
using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Query.Selectors;

/// <summary>
/// The series of a snapshot that at least one of several selectors selects, for an exposition. The name of its family and
/// its pushed labels select a histogram or summary with all its lines.
/// </summary>
public sealed class SelectedFamilies
{
    private readonly SelectorScan[] _scans;

    /// <summary>The selectors that select a part of the current family.</summary>
    private readonly List<SelectorScan> _partial = [];

    /// <summary>Arrays of families that are only partly selected.</summary>
    private readonly ChunkedList<StoredFamily[]> _arrays = new();
    private readonly Dictionary<Utf8String, Parts> _byName = [];

    /// <summary>The parts by header, which is faster than by name. Groups share headers, so there are few.</summary>
    private readonly Dictionary<FamilyHeader, Parts> _byHeader = new(ReferenceEqualityComparer.Instance);

    private SelectedFamilies(SelectorScan[] scans) => _scans = scans;

    /// <summary>The families by name, those of one name in the order of the groups. Shares all lines.</summary>
    public static FamilyView[] Of(StoreSnapshot snapshot, IReadOnlyList<Selector> selectors, CancellationToken cancellation)
    {
        var groups = new SelectedGroups(snapshot, selectors, isRepeated: true);
        var selected = new SelectedFamilies(groups.NewScans());
        foreach (MetricGroup group in groups.Candidates)
        {
            cancellation.ThrowIfCancellationRequested();
            selected.Add(group);
        }
        return
        [
            .. selected._byName.Values.OrderBy(family => family.Header.Name)
                .Select(family => new FamilyView(family.Header, family.Positions, selected._arrays, family.Runs)),
        ];
    }

    /// <summary>The selected metrics of families outside the groups, such as those that a scrape computes.</summary>
    public static IReadOnlyList<MetricFamily> Of(IReadOnlyList<MetricFamily> families, IReadOnlyList<Selector> selectors)
    {
        var selected = new List<MetricFamily>();
        SelectorScan[] scans = [.. selectors.Select(selector => new SelectorScan(selector))];
        foreach (MetricFamily family in families)
        {
            var header = new FamilyHeader(family.Name, family.Type, family.Help);
            List<Metric> metrics = family.Metrics.FindAll(metric => Array.Exists(
                scans, scan => scan.Begin(metric.Labels) && scan.HasName(header) && scan.SelectsMetric(metric)));
            if (metrics.Count > 0)
            {
                selected.Add(family.WithMetrics(metrics));
            }
        }
        return selected;
    }

    private void Add(MetricGroup group)
    {
        bool isOpen = false;
        foreach (SelectorScan scan in _scans)
        {
            isOpen |= scan.Begin(group);
        }
        if (!isOpen)
        {
            return;
        }
        StoredFamily[] families = group.FamilyArray;
        int array = -1;
        for (int i = 0; i < families.Length; i++)
        {
            ref readonly StoredFamily family = ref families[i];
            if (family.MetricCount == 0)
            {
                continue;
            }
            bool isWhole = IsWhole(family);
            if (!isWhole && _partial.Count == 0)
            {
                continue;
            }
            if (!isWhole && (family.HasNamesToEscape || family.Supplement.Message is not null))
            {
                if (SelectMetrics(group.Key, family) is { } part)
                {
                    AddLines(part, new FamilyIndex.Position(Add([part]), 0), part.LinesStart, part.LinesLength);
                }
                continue;
            }
            array = array < 0 ? Add(families) : array;
            var position = new FamilyIndex.Position(array, i);
            if (isWhole)
            {
                AddLines(family, position, family.LinesStart, family.LinesLength);
            }
            else
            {
                SelectLines(family, position);
            }
        }
    }

    /// <returns>The index of the array.</returns>
    private int Add(StoredFamily[] families)
    {
        _arrays.Add(families);
        return _arrays.Count - 1;
    }

    private void AddLines(in StoredFamily family, FamilyIndex.Position position, int start, int length)
    {
        if (!_byHeader.TryGetValue(family.Header, out Parts? parts))
        {
            if (!_byName.TryGetValue(family.Name, out parts))
            {
                parts = new Parts(family.Header, new ChunkedList<FamilyIndex.Position>(), new ChunkedList<LineRun>());
                _byName.Add(family.Name, parts);
            }
            _byHeader.Add(family.Header, parts);
        }
        parts.Positions.Add(position);
        parts.Runs.Add(new LineRun(family.Block, start, length, family.HasNamesToEscape));
    }

    /// <summary>Whether a selector selects all of a family. If not, finds the selectors that may select a part.</summary>
    private bool IsWhole(in StoredFamily family)
    {
        _partial.Clear();
        foreach (SelectorScan scan in _scans)
        {
            if (scan.IsOpen && scan.HasName(family.Header))
            {
                if (scan.SelectsAllSeries)
                {
                    return true;
                }
                _partial.Add(scan);
            }
        }
        return false;
    }

    /// <summary>Adds the lines that <see cref="_partial"/> select.</summary>
    private void SelectLines(in StoredFamily family, FamilyIndex.Position position)
    {
        ReadOnlySpan<byte> lines = family.Lines;
        foreach (SelectorScan scan in _partial)
        {
            scan.BeginLines(ValueLabelOf(family.Header.Type));
        }
        int runStart = 0;
        int runEnd = 0;
        for (int start = Skip(lines, 0), end; start < lines.Length; start = Skip(lines, end))
        {
            end = start + lines[start..].IndexOf((byte)'\n') + 1;
            if (!IsSelected(lines, start, end))
            {
                continue;
            }
            if (start > runEnd)
            {
                AddRun(family, position, runStart, runEnd);
                runStart = start;
            }
            runEnd = end;
        }
        AddRun(family, position, runStart, runEnd);
    }

    private void AddRun(in StoredFamily family, FamilyIndex.Position position, int start, int end)
    {
        if (end > start)
        {
            AddLines(family, position, family.LinesStart + start, end - start);
        }
    }

    /// <summary>The start of the first line that may be selected, at or after the start of a line.</summary>
    private int Skip(ReadOnlySpan<byte> lines, int start) => _partial.Count == 1 ? _partial[0].Skip(lines, start) : start;

    private bool IsSelected(ReadOnlySpan<byte> lines, int start, int end)
    {
        foreach (SelectorScan scan in _partial)
        {
            if (scan.SelectsLine(lines, start, end))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Renders the selected metrics again.</summary>
    private StoredFamily? SelectMetrics(GroupingKey key, in StoredFamily family)
    {
        MetricFamily decoded = family.Decode();
        List<Metric> metrics = decoded.Metrics.FindAll(metric => _partial.Exists(scan => scan.SelectsMetric(metric)));
        return metrics.Count == 0 ? null : FamilyRenderer.Render([decoded.WithMetrics(metrics)], key, family.PushedAt)[0];
    }

    /// <summary>The label that distinguishes the lines of one metric. Selectors do not see it.</summary>
    private static ReadOnlySpan<byte> ValueLabelOf(MetricType type) => type switch
    {
        MetricType.Histogram or MetricType.GaugeHistogram => "le"u8,
        MetricType.Summary => "quantile"u8,
        _ => [],
    };

    /// <param name="Header">The header that the first group has.</param>
    private sealed record Parts(FamilyHeader Header, ChunkedList<FamilyIndex.Position> Positions, ChunkedList<LineRun> Runs);
}
