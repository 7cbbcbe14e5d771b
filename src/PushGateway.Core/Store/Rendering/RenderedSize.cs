using System.Runtime.CompilerServices;

namespace PushGateway.Core.Store.Rendering;

/// <summary>
/// The size of a push after its samples are rendered, each with its own labels and those of its group.
/// </summary>
/// <remarks>
/// A body has a label once. An exposition repeats it with each bucket and quantile, and the group's labels with each
/// sample, so a body of a megabyte can become a scrape of many gigabytes.
/// </remarks>
internal static class RenderedSize
{
    /// <summary>The maximum rendered size of a push.</summary>
    public const long MaxBytes = 512 << 20;

    /// <summary>
    /// The larger of two sizes in bytes: of names and values, and of the temporary memory for labels. The bytes of numbers and
    /// punctuation are proportional to the body.
    /// </summary>
    /// <remarks>Each series of a push to a group with 80 labels needs 2.6 KB temporarily: 1.1 GiB for a body of 4 MiB.</remarks>
    public static long Of(IReadOnlyList<MetricFamily> families, GroupingKey key)
    {
        long keyBytes = LengthOf(key.SeriesLabels);
        long bytes = 0;
        long labels = 0;
        foreach (MetricFamily family in families)
        {
            bytes += Of(family, keyBytes);
            labels += LabelMerge.CountLabels(family, key);
        }
        return Math.Max(bytes, labels * Unsafe.SizeOf<Label>());
    }

    /// <summary>The same for a family whose metrics have the labels of their group.</summary>
    public static long OfLabelled(MetricFamily family) => Of(family, keyBytes: 0);

    private static long Of(MetricFamily family, long keyBytes)
    {
        long bytes = 0;
        foreach (Metric metric in family.Metrics)
        {
            bytes += SampleCount(metric) * (family.Name.Length + LengthOf(metric.Labels) + keyBytes);
        }
        return bytes;
    }

    /// <summary>
    /// An estimate of the rendered size of metrics that have the labels of their group, with numbers and punctuation. Usually
    /// slightly too large, but too small for names that need quotes or escapes.
    /// </summary>
    /// <remarks>An estimate that is an eighth too large costs a copy of everything.</remarks>
    public static long Estimate(ReadOnlySpan<MetricFamily> families)
    {
        const int BytesPerSample = 3;
        const int BytesPerLabel = 4;
        const int BytesPerPart = 13; // _bucket{le=""}
        const int MarginDivisor = 32;
        long bytes = 0;
        foreach (MetricFamily family in families)
        {
            int numberBytes = MeanLength(family.Metrics.Count, i => NumberOf(family.Metrics[i]));
            int boundBytes = family.Metrics is [{ Histogram.Buckets: var buckets }, ..]
                ? MeanLength(buckets.Count, i => buckets[i].UpperBound)
                : 0;
            foreach (Metric metric in family.Metrics)
            {
                long labels = LengthOf(metric.Labels) + (BytesPerLabel * metric.Labels.Length);
                long samples = SampleCount(metric);
                bytes += samples * (family.Name.Length + labels + BytesPerSample + numberBytes);
                bytes += (samples - 1) * (BytesPerPart + boundBytes);
            }
        }
        return bytes + (bytes / MarginDivisor) + GoNumber.MaxLength;
    }

    private static double NumberOf(Metric metric) =>
        metric.Histogram is { Buckets: [.., var last] } ? last.Count : metric.Number;

    /// <summary>The average size of some numbers in text, rounded up.</summary>
    private static int MeanLength(int count, Func<int, double> numberAt)
    {
        const int MaxLooked = 64;
        Span<byte> number = stackalloc byte[GoNumber.MaxLength];
        int step = Math.Max(count / MaxLooked, 1);
        int looked = 0;
        int bytes = 0;
        for (int i = 0; i < count; i += step)
        {
            bytes += GoNumber.Format(numberAt(i), number);
            looked++;
        }
        return looked == 0 ? 0 : ((bytes - 1) / looked) + 1;
    }

    /// <summary>The number of samples of a family. Each histogram and summary has many.</summary>
    public static long SampleCount(MetricFamily family)
    {
        if (family.Type is MetricType.Counter or MetricType.Gauge or MetricType.Untyped)
        {
            return family.Metrics.Count;
        }
        long samples = 0;
        foreach (Metric metric in family.Metrics)
        {
            samples += SampleCount(metric);
        }
        return samples;
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
