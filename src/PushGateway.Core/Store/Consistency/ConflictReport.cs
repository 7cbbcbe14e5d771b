using PushGateway.Core.Model;
using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store.Consistency;

/// <summary>A push that does not fit, for its own faults or with what is stored.</summary>
/// <param name="change">What it would have done; the index has been put back.</param>
/// <param name="pushed">Its families, as they were rendered.</param>
internal sealed class ConflictReport(GroupChange change, MetricFamily[] pushed, List<Conflict> conflicts)
{
    private const int MaxSought = 8;

    private readonly StoredFamily[] _families = change.Families.ToArray();

    /// <summary>All that is wrong with what was to be added, the gateway's own push times included.</summary>
    public string Describe()
    {
        ILookup<Utf8String, Conflict> byFamily = conflicts.ToLookup(conflict => conflict.Family.Name);
        Dictionary<Utf8String, MetricFamily> byName = pushed.ToDictionary(family => family.Name);
        return ErrorList.Join(change.Added.Select(added => _families[added]).SelectMany(stored =>
        {
            // The failure time of a new group is the gateway's, even where one was pushed.
            MetricFamily family = change.IsPushed(stored) ? byName[stored.Name] : stored.Decode();
            return Conflict.Describe(family, stored, [.. byFamily[stored.Name]]);
        }));
    }

    /// <summary>What other groups must have, by the first conflicts; nothing where the push clashes with itself.</summary>
    public List<ConflictTarget> ConflictsInOtherGroups() =>
        [.. conflicts.Select(Sought).OfType<ConflictTarget>().Distinct().Take(MaxSought)];

    private ConflictTarget? Sought(Conflict conflict)
    {
        switch (conflict.Kind)
        {
            case ConflictKind.Series:
                StoredFamily family = Array.Find(_families, family => family.Name == conflict.Family.Name);
                UInt128 series = family.Series[conflict.Metric];
                return family.Series[..conflict.Metric].Contains(series)
                    ? null
                    : new ConflictTarget(family.Name, Series: series);
            case ConflictKind.Type:
                return new ConflictTarget(conflict.Family.Name, conflict.OtherType);
            case ConflictKind.NameReservedByOther or ConflictKind.ReservesNameOfOther:
                return new ConflictTarget(conflict.OtherName);
            default:
                return null;
        }
    }
}

/// <summary>
/// What some group has that a push clashed with: a family of a name, and of a type or with a series where these are given.
/// </summary>
/// <remarks>
/// The index knows that a series is there, not where: that would cost each push. So all groups are gone through, which takes
/// milliseconds for 10,000 of them, outside the store's lock, and only where a push was refused.
/// </remarks>
internal readonly record struct ConflictTarget(Utf8String Name, MetricType? Type = null, UInt128? Series = null)
{
    private const int MaxGroups = 3;

    /// <summary>One group for each thing sought that another group than the given one has; the first few.</summary>
    public static List<GroupingKey> FindGroups(StoreSnapshot snapshot, GroupingKey except, List<ConflictTarget> sought)
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

    private bool IsIn(MetricGroup group) =>
        group.Find(Name) is { MetricCount: > 0 } family
        && (Type is not { } type || MetricRules.Fits(type, family.Header.Type))
        && (Series is not { } series || family.Series.Contains(series));
}
