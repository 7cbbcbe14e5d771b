using System.Buffers;
using System.Runtime.InteropServices;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Rendering;
using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Query.Selectors;

/// <summary>
/// The series of a snapshot that at least one of several selectors selects, for an exposition. A histogram or summary is
/// selected with all its lines, by the name of its family and the labels that it was pushed with.
/// </summary>
public sealed class SelectedFamilies
{
    private readonly SelectorScan[] _scans;

    /// <summary>The selectors that select a part of the current family.</summary>
    private readonly List<SelectorScan> _partial = [];

    /// <summary>Arrays with selected families.</summary>
    private readonly ChunkedList<StoredFamily[]> _arrays = new();
    private readonly Dictionary<Utf8String, (FamilyHeader Header, ChunkedList<FamilyIndex.Position> Parts)> _byName = [];

    private SelectedFamilies(IReadOnlyList<Selector> selectors) =>
        _scans = [.. selectors.Select(selector => new SelectorScan(selector))];

    /// <summary>The families by name, those of one name in the order of the groups. Shares what is selected as a whole.</summary>
    public static FamilyView[] Of(StoreSnapshot snapshot, IReadOnlyList<Selector> selectors, CancellationToken cancellation)
    {
        var selected = new SelectedFamilies(selectors);
        foreach (MetricGroup group in Selector.MayHaveSelected(snapshot, selectors))
        {
            cancellation.ThrowIfCancellationRequested();
            selected.Add(group);
        }
        return
        [
            .. selected._byName.Values.OrderBy(family => family.Header.Name)
                .Select(family => new FamilyView(family.Header, family.Parts, selected._arrays)),
        ];
    }

    /// <summary>The selected metrics of families that no group has, as those that a scrape computes.</summary>
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
            isOpen |= scan.Begin(group.Key.Labels);
        }
        if (!isOpen)
        {
            return;
        }
        StoredFamily[] families = group.FamilyArray;
        int shared = -1;
        for (int i = 0; i < families.Length; i++)
        {
            ref readonly StoredFamily family = ref families[i];
            if (family.MetricCount == 0)
            {
                continue;
            }
            if (IsWhole(family))
            {
                shared = shared < 0 ? Add(families) : shared;
                Add(family.Header, new FamilyIndex.Position(shared, i));
            }
            else if (_partial.Count > 0 && SelectPart(group.Key, family) is { } part)
            {
                Add(family.Header, new FamilyIndex.Position(Add([part]), 0));
            }
        }
    }

    /// <returns>The place of the array.</returns>
    private int Add(StoredFamily[] families)
    {
        _arrays.Add(families);
        return _arrays.Count - 1;
    }

    private void Add(FamilyHeader header, FamilyIndex.Position position)
    {
        ref (FamilyHeader Header, ChunkedList<FamilyIndex.Position> Parts) named =
            ref CollectionsMarshal.GetValueRefOrAddDefault(_byName, header.Name, out bool isKnown);
        if (!isKnown)
        {
            named = (header, new ChunkedList<FamilyIndex.Position>());
        }
        named.Parts.Add(position);
    }

    /// <summary>Whether a selector selects all of a family. Otherwise finds those that may select a part.</summary>
    private bool IsWhole(in StoredFamily family)
    {
        _partial.Clear();
        foreach (SelectorScan scan in _scans)
        {
            if (scan.IsOpen && scan.HasName(family.Header) && scan.MaySelectSeriesOf(family))
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

    /// <summary>The part of a family that <see cref="_partial"/> select; null for nothing.</summary>
    private StoredFamily? SelectPart(GroupingKey key, in StoredFamily family) =>
        family.HasNamesToEscape || family.Supplement.Message is not null ? SelectMetrics(key, family) : SelectLines(family);

    /// <summary>Copies the selected lines, unless all are.</summary>
    private StoredFamily? SelectLines(in StoredFamily family)
    {
        ReadOnlySpan<byte> valueLabel = ValueLabelOf(family.Header.Type);
        ReadOnlySpan<byte> lines = family.Lines;
        byte[] copy = ArrayPool<byte>.Shared.Rent(lines.Length);
        int selected = 0;
        for (int start = 0, length; start < lines.Length; start += length)
        {
            length = lines[start..].IndexOf((byte)'\n') + 1;
            ReadOnlySpan<byte> line = lines.Slice(start, length);
            if (IsSelected(line, valueLabel))
            {
                line.CopyTo(copy.AsSpan(selected));
                selected += length;
            }
        }
        StoredFamily? part = selected == 0 ? null
            : selected == lines.Length ? family
            : family with
            {
                Block = copy[..selected],
                LinesStart = 0,
                LinesLength = selected,
                Supplement = LineSupplement.WithOrder(null),
            };
        ArrayPool<byte>.Shared.Return(copy);
        return part;
    }

    private bool IsSelected(ReadOnlySpan<byte> line, ReadOnlySpan<byte> valueLabel)
    {
        foreach (SelectorScan scan in _partial)
        {
            if (scan.SelectsLine(line, valueLabel))
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

    /// <summary>The label that tells the lines of one metric apart, and that no selector sees.</summary>
    private static ReadOnlySpan<byte> ValueLabelOf(MetricType type) => type switch
    {
        MetricType.Histogram or MetricType.GaugeHistogram => "le"u8,
        MetricType.Summary => "quantile"u8,
        _ => [],
    };
}
