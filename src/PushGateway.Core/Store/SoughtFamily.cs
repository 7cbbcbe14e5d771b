using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

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
