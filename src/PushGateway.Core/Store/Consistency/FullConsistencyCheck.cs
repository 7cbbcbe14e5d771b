using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store.Consistency;

/// <summary>
/// Checks a whole snapshot, like the Go Pushgateway for each push and each scrape. Needed only after unchecked pushes.
/// </summary>
public static class FullConsistencyCheck
{
    /// <summary>The errors, in the order of families and groups. Empty if the snapshot can be scraped.</summary>
    public static List<string> FindErrors(StoreSnapshot snapshot, IEnumerable<ReservedFamily> reserved)
    {
        var own = reserved.ToDictionary(family => family.Name);
        var types = own.ToDictionary(pair => pair.Key, pair => pair.Value.Type);
        var series = new HashSet<UInt128>();
        var errors = new List<string>();
        foreach (FamilyView family in snapshot.Families())
        {
            if (FindFamilyError(family.Header, own, types) is { } error)
            {
                errors.Add(error);
                continue;
            }
            types.TryAdd(family.Header.Name, family.Header.Type);
            foreach (StoredFamily part in family)
            {
                AddMetricErrors(family.Header, part, series, errors);
            }
        }
        return errors;
    }

    private static string? FindFamilyError(
        FamilyHeader family,
        Dictionary<Utf8String, ReservedFamily> own,
        Dictionary<Utf8String, MetricType> types)
    {
        Conflict? conflict = null;
        if (own.TryGetValue(family.Name, out ReservedFamily? reserved))
        {
            conflict = ReservedConflict(family, reserved);
        }
        else
        {
            conflict = ReservedSuffixes.FindConflict(
                family, name => types.TryGetValue(name, out MetricType type) ? type : null);
        }
        return conflict?.DescribeFamily();
    }

    /// <summary>How a pushed family differs from the gateway's own family of that name; null if it does not.</summary>
    internal static Conflict? ReservedConflict(FamilyHeader family, ReservedFamily reserved)
    {
        if (!reserved.CorrectsHelp && (family.Help ?? default) != reserved.Help)
        {
            return new Conflict(ConflictKind.ReservedHelp, family, OtherHelp: reserved.Help);
        }
        return family.Type == reserved.Type
            ? null
            : new Conflict(ConflictKind.ReservedType, family, OtherType: reserved.Type);
    }

    private static void AddMetricErrors(
        FamilyHeader header, in StoredFamily part, HashSet<UInt128> series, List<string> errors)
    {
        if (MetricRules.Fits(header.Type, part.Header.Type) && !part.HasFaults && TryAddAll(series, part.Series))
        {
            return;
        }
        MetricFamily family = part.Decode();
        family.Type = header.Type;
        for (int i = 0; i < family.Metrics.Count; i++)
        {
            Metric metric = family.Metrics[i];
            if (MetricRules.FindFault(family, metric) is { } fault)
            {
                errors.Add(fault);
            }
            else if (!series.Add(part.Series[i]))
            {
                errors.Add(MetricRules.CollectedBefore(family.Name, metric));
            }
        }
    }

    /// <summary>Adds all series, or none if one is present already.</summary>
    private static bool TryAddAll(HashSet<UInt128> series, ReadOnlySpan<UInt128> added)
    {
        for (int i = 0; i < added.Length; i++)
        {
            if (!series.Add(added[i]))
            {
                foreach (UInt128 hash in added[..i])
                {
                    series.Remove(hash);
                }
                return false;
            }
        }
        return true;
    }
}
