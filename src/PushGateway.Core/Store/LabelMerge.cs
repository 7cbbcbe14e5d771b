using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>Gives pushed metrics the labels of their group.</summary>
internal static class LabelMerge
{
    /// <summary>Beyond so many labels insertion, quadratic as it is, gives way to another stable sort.</summary>
    private const int FewLabels = 24;

    private static readonly Utf8String Instance = new("instance");

    /// <summary>
    /// The metric's labels and the key's, sorted by name. The key's values win; an <c>instance</c> that the key does not
    /// have is added, empty, only where the metric has none.
    /// </summary>
    public static Label[] Merge(ReadOnlySpan<Label> pushed, GroupingKey key)
    {
        Label[] grouping = key.SeriesLabels;
        var merged = new Label[pushed.Length + grouping.Length];
        // The metric's own are sorted at the end of the array, where merging reads them before it writes over them.
        Span<Label> own = merged.AsSpan(grouping.Length);
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
        own[next..].CopyTo(merged.AsSpan(length));
        length += own.Length - next;
        return length == merged.Length ? merged : merged[..length];
    }

    private static void SortByName(Span<Label> labels)
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
}
