using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>The families of a push, before they are rendered.</summary>
internal static class PushedFamilies
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
    /// The families by name, the last one of each, with the push time, which is the gateway's whatever was pushed.
    /// </summary>
    public static MetricFamily[] Arrange(IReadOnlyList<MetricFamily> pushed, long at)
    {
        MetricFamily pushTime = PushTimes.Succeeded(at);
        int before = 0;
        while (before < pushed.Count && pushed[before].Name < PushTimes.Success)
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

    /// <summary>The families of a group that is restored, by name.</summary>
    public static StoredFamily[] Render(RestoreCommand restore)
    {
        (MetricFamily Family, long PushedAt)[] inOrder = [.. restore.Families.OrderBy(family => family.Family.Name)];
        StoredFamily[] families = FamilyRenderer.Render(
            Array.ConvertAll(inOrder, family => family.Family), restore.Key, pushedAt: 0);
        for (int i = 0; i < families.Length; i++)
        {
            families[i] = families[i] with { PushedAt = inOrder[i].PushedAt };
        }
        return families;
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
        byName[PushTimes.Success] = pushTime;
        return [.. byName.Values];
    }
}
