namespace PushGateway.Core.Store.Rendering;

/// <summary>Normalizes the families of a push before they are rendered.</summary>
internal static class NormalizedPush
{
    public static bool HaveTimestamps(IReadOnlyList<MetricFamily> families)
    {
        for (int i = 0; i < families.Count; i++)
        {
            foreach (Metric metric in families[i].Metrics)
            {
                if (metric.TimestampMs is not null)
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>
    /// The families sorted by name, the last one of each name, with the gateway's push time in place of a pushed one.
    /// </summary>
    public static MetricFamily[] Arrange(IReadOnlyList<MetricFamily> pushed, long at)
    {
        MetricFamily pushTime = PushTimestamps.Succeeded(at);
        int before = 0;
        while (before < pushed.Count && pushed[before].Name < PushTimestamps.Success)
        {
            before++;
        }
        var families = new MetricFamily[pushed.Count + 1];
        families[before] = pushTime;
        for (int i = 0; i < pushed.Count; i++)
        {
            families[i < before ? i : i + 1] = pushed[i];
        }
        return IsInOrder(families) ? families : Sort(pushed, pushTime);
    }

    private static bool IsInOrder(MetricFamily[] families)
    {
        for (int i = 1; i < families.Length; i++)
        {
            if (families[i].Name <= families[i - 1].Name)
            {
                return false;
            }
        }
        return true;
    }

    private static MetricFamily[] Sort(IReadOnlyList<MetricFamily> pushed, MetricFamily pushTime)
    {
        var byName = new SortedDictionary<Utf8String, MetricFamily>();
        foreach (MetricFamily family in pushed)
        {
            byName[family.Name] = family;
        }
        byName[PushTimestamps.Success] = pushTime;
        return [.. byName.Values];
    }
}
