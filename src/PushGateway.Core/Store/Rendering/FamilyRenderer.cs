using PushGateway.Core.Exposition;
using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Store.Merging;

namespace PushGateway.Core.Store.Rendering;

/// <summary>Renders pushed families into their stored form.</summary>
internal static class FamilyRenderer
{
    /// <summary>For fewer bytes, a doubling buffer is as good.</summary>
    private const int MinEstimatedSamples = 4096;

    /// <summary>
    /// Adds the group's labels to each metric, checks each metric, and renders it. Takes ownership of the families.
    /// </summary>
    public static StoredFamily[] Render(ReadOnlySpan<MetricFamily> families, GroupingKey key, long pushedAt)
    {
        LabelMerge.MergeAll(families, key);
        return RenderLabelled(families, key, pushedAt);
    }

    /// <summary>The same for metrics that already have the group's labels.</summary>
    /// <param name="sums">The sum that replaces each family; null for the family itself, or for all families.</param>
    public static StoredFamily[] RenderLabelled(
        ReadOnlySpan<MetricFamily> families, GroupingKey key, long pushedAt, LineSum?[]? sums = null)
    {
        int series = 0;
        long samples = 0;
        for (int i = 0; i < families.Length; i++)
        {
            int? ofSum = sums?[i]?.SeriesCount;
            series += ofSum ?? families[i].Metrics.Count;
            samples += ofSum ?? RenderedSize.SampleCount(families[i]);
        }
        using PooledBuffer lines = samples < MinEstimatedSamples
            ? new PooledBuffer()
            : new PooledBuffer((int)Math.Min(RenderedSize.Estimate(families), Array.MaxLength));
        UInt128[] hashes = PushBufferCache.Hashes(series);

        StoredFamily[] stored = PushBufferCache.Families(families.Length);
        series = 0;
        for (int i = 0; i < stored.Length; i++)
        {
            stored[i] = sums?[i] is { } sum
                ? sum.Render(pushedAt, lines, hashes, series)
                : Render(families[i], key, pushedAt, lines, hashes, series);
            series += stored[i].MetricCount;
        }

        byte[] block = PushBufferCache.BlockOf(lines);
        long stamp = StoredFamily.NewStamp();
        for (int i = 0; i < stored.Length; i++)
        {
            // A family without lines must not retain the block.
            stored[i] = stored[i] with { Block = stored[i].LinesLength == 0 ? [] : block, Stamp = stamp };
        }
        return stored;
    }

    private static StoredFamily Render(
        MetricFamily family,
        GroupingKey key,
        long pushedAt,
        PooledBuffer lines,
        UInt128[] hashes,
        int seriesStart)
    {
        bool hasFaults = false;
        foreach (Metric metric in family.Metrics)
        {
            hasFaults |= MetricRules.HasFault(family, metric);
        }

        int[]? order = SampleOrder.Sort(family.Metrics);
        bool namesArePlain = TextRoundTrip.HasPlainNames(family);
        int linesStart = lines.WrittenCount;
        TextExposition.WriteSamples(family, order, lines, namesArePlain);

        Span<UInt128> series = hashes.AsSpan(seriesStart, family.Metrics.Count);
        Hash(family, key, series);
        bool isLossless = namesArePlain && !hasFaults && TextRoundTrip.IsLossless(family, series);
        return new StoredFamily
        {
            Header = new FamilyHeader(family.Name, family.Type, family.Help),
            PushedAt = pushedAt,
            MetricCount = family.Metrics.Count,
            // Lines cannot say that a metric has no sample: they have a sum and a count of 0.
            EmptyMetricCount = isLossless ? 0 : family.Metrics.Count(metric => !metric.HasSample),
            HasFaults = hasFaults,
            HasNamesToEscape = !namesArePlain,
            LinesStart = series.IsEmpty ? 0 : linesStart,
            LinesLength = lines.WrittenCount - linesStart,
            Hashes = series.IsEmpty ? [] : hashes,
            SeriesStart = series.IsEmpty ? 0 : seriesStart,
            Supplement = isLossless ? LineSupplement.WithOrder(order) : new LineSupplement(order, Encode(family)),
        };
    }

    /// <summary>
    /// The hash of each metric's name and labels. Hashes the labels of the key, which all metrics have, only once.
    /// </summary>
    public static void Hash(MetricFamily family, GroupingKey key, Span<UInt128> series)
    {
        UInt128 nameHash = SeriesHash.OfName(family.Name.Span);
        for (int i = 0; i < series.Length; i++)
        {
            series[i] = nameHash + key.HashLabels(family.Metrics[i].Labels);
        }
    }

    private static byte[] Encode(MetricFamily family)
    {
        using var message = new PooledBuffer();
        ProtobufExposition.Write(family, message);
        return message.WrittenSpan.ToArray();
    }
}
