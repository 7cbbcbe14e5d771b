using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>How large a push becomes when its samples are written out, each with its own labels and its group's.</summary>
/// <remarks>
/// A label is stored once but scraped with each bucket and quantile, and the group's labels with each sample: a body of
/// a megabyte can stand for a scrape of many gigabytes, which nobody could take.
/// </remarks>
internal static class RenderedSize
{
    /// <summary>What a push may become at most, in bytes.</summary>
    public const long MaxBytes = 512 << 20;

    /// <summary>The bytes of names and values; those of numbers and punctuation are in proportion to the body.</summary>
    public static long Of(IReadOnlyList<MetricFamily> families, GroupingKey key)
    {
        long keyBytes = LengthOf(key.SeriesLabels);
        long bytes = 0;
        foreach (MetricFamily family in families)
        {
            foreach (Metric metric in family.Metrics)
            {
                bytes += SampleCount(metric) * (family.Name.Length + LengthOf(metric.Labels) + keyBytes);
            }
        }
        return bytes;
    }

    private static long SampleCount(Metric metric) =>
        1 + (metric.Histogram?.Buckets.Count ?? 0) + (metric.Summary?.Quantiles.Count ?? 0);

    private static long LengthOf(ReadOnlySpan<Label> labels)
    {
        long length = 0;
        foreach (Label label in labels)
        {
            length += label.Name.Length + label.Value.Length;
        }
        return length;
    }
}
