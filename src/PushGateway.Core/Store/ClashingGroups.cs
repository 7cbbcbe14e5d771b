using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>Finds the groups that have what a push clashed with, so that whoever pushed knows whom to talk to.</summary>
/// <remarks>
/// The index knows that a series is there, not where: that would cost each push. So this goes through all groups, which takes
/// milliseconds for 10,000 of them, outside the store's lock, and only where a push was refused.
/// </remarks>
internal static class ClashingGroups
{
    private const int MaxGroups = 3;
    private const int MaxSought = 8;

    /// <summary>What is sought: families of a name, and of a type or with a series where these are given.</summary>
    internal readonly record struct Sought(Utf8String Name, MetricType? Type = null, UInt128? Series = null)
    {
        public bool IsIn(MetricGroup group) =>
            group.Find(Name) is { MetricCount: > 0 } family
            && (Type is not { } type || MetricCheck.Fits(type, family.Header.Type))
            && (Series is not { } series || family.Series.Contains(series));
    }

    /// <summary>What other groups must have if these are their conflicts with a push; the first few.</summary>
    /// <param name="families">Those of the push.</param>
    public static List<Sought> SoughtFor(IEnumerable<Conflict> conflicts, StoredFamily[] families)
    {
        var sought = new HashSet<Sought>();
        foreach (Conflict conflict in conflicts)
        {
            switch (conflict.Kind)
            {
                case ConflictKind.Series:
                    StoredFamily family = Array.Find(families, family => family.Name == conflict.Family.Name);
                    UInt128 series = family.Series[conflict.Metric];
                    if (!family.Series[..conflict.Metric].Contains(series))
                    {
                        sought.Add(new Sought(family.Name, Series: series));
                    }
                    break;
                case ConflictKind.Type:
                    sought.Add(new Sought(conflict.Family.Name, conflict.OtherType));
                    break;
                case ConflictKind.ClaimedBy or ConflictKind.Claims:
                    sought.Add(new Sought(conflict.OtherName));
                    break;
            }
            if (sought.Count == MaxSought)
            {
                break;
            }
        }
        return [.. sought];
    }

    /// <summary>One group for each thing sought that another group than the given one has; the first few.</summary>
    public static List<GroupingKey> Find(StoreSnapshot snapshot, GroupingKey except, List<Sought> sought)
    {
        var found = new List<GroupingKey>();
        foreach (MetricGroup group in snapshot.Groups)
        {
            if (sought.Count == 0 || found.Count == MaxGroups)
            {
                break;
            }
            if (!group.Key.Equals(except) && sought.RemoveAll(one => one.IsIn(group)) > 0)
            {
                found.Add(group.Key);
            }
        }
        return found;
    }
}
