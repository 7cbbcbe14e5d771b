using PushGateway.Core.Model;

namespace PushGateway.Core.Store.Rendering;

/// <summary>Gives pushed metrics the labels of their group.</summary>
internal static class LabelMerge
{
    /// <summary>Beyond so many labels insertion, quadratic as it is, gives way to another stable sort.</summary>
    private const int FewLabels = 24;

    /// <summary>An array for a large push is not kept.</summary>
    private const int MaxKeptLabels = 1024;

    private static readonly Utf8String Instance = new("instance");

    [ThreadStatic]
    private static Label[]? _scratch;

    /// <summary>
    /// The metric's labels and the key's, sorted by name. The key's values win; an <c>instance</c> that the key does not
    /// have is added, empty, only where the metric has none.
    /// </summary>
    public static LabelSet Merge(ReadOnlySpan<Label> pushed, GroupingKey key)
    {
        if (pushed.IsEmpty)
        {
            return key.SeriesLabels;
        }
        var merged = new Label[pushed.Length + key.SeriesLabels.Length];
        return new LabelSet(merged, 0, MergeInto(merged, pushed, key));
    }

    /// <summary>
    /// The same for all metrics. Their labels then share one array, which holds until the next call on the same thread.
    /// </summary>
    /// <remarks>A push of 20 series with 4 labels each allocates 2.6 KB less of 13.5.</remarks>
    public static void MergeAll(ReadOnlySpan<MetricFamily> families, GroupingKey key)
    {
        int room = 0;
        foreach (MetricFamily family in families)
        {
            foreach (Metric metric in family.Metrics)
            {
                room += metric.Labels.Length == 0 ? 0 : metric.Labels.Length + key.SeriesLabels.Length;
            }
        }
        if (room == 0)
        {
            GiveKeyLabels(families, key);
            return;
        }
        Label[] merged = Scratch(room);
        int used = 0;
        foreach (MetricFamily family in families)
        {
            foreach (Metric metric in family.Metrics)
            {
                if (metric.Labels.Length == 0)
                {
                    metric.Labels = key.SeriesLabels;
                    continue;
                }
                int length = MergeInto(merged.AsSpan(used), metric.Labels, key);
                metric.Labels = new LabelSet(merged, used, length);
                used += length;
            }
        }
    }

    private static void GiveKeyLabels(ReadOnlySpan<MetricFamily> families, GroupingKey key)
    {
        foreach (MetricFamily family in families)
        {
            family.Metrics.ForEach(metric => metric.Labels = key.SeriesLabels);
        }
    }

    private static Label[] Scratch(int room)
    {
        if (room > MaxKeptLabels)
        {
            return new Label[room];
        }
        if (_scratch is null || _scratch.Length < room)
        {
            _scratch = new Label[room];
        }
        return _scratch;
    }

    /// <summary>Those of one name keep their order.</summary>
    public static void SortByName(Span<Label> labels)
    {
        if (labels.Length > FewLabels)
        {
            labels.ToArray().OrderBy(label => label.Name).ToArray().CopyTo(labels);
            return;
        }
        for (int i = 1; i < labels.Length; i++)
        {
            for (int j = i; j > 0 && labels[j].Name < labels[j - 1].Name; j--)
            {
                (labels[j], labels[j - 1]) = (labels[j - 1], labels[j]);
            }
        }
    }

    /// <summary>Gives the number of labels. There is room for those of both.</summary>
    private static int MergeInto(Span<Label> merged, ReadOnlySpan<Label> pushed, GroupingKey key)
    {
        Label[] grouping = key.SeriesLabels;

        // The metric's own are sorted behind, where merging reads them before it writes over them.
        Span<Label> own = merged.Slice(grouping.Length, pushed.Length);
        pushed.CopyTo(own);
        SortByName(own);
        int length = 0;
        int next = 0;
        foreach (ref readonly Label label in grouping.AsSpan())
        {
            int order = -1;
            while (next < own.Length && (order = own[next].Name.CompareTo(label.Name)) < 0)
            {
                merged[length++] = own[next++];
            }
            bool both = next < own.Length && order == 0;
            bool ownWins = both && key.AddsInstance && label.Name == Instance;
            merged[length++] = ownWins ? own[next] : label;
            next += both ? 1 : 0;
        }
        own[next..].CopyTo(merged[length..]);
        return length + own.Length - next;
    }
}
