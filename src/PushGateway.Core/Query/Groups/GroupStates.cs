using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Groups;

/// <summary>Predicates for groups that need attention.</summary>
/// <param name="IsLate">Whether an expected push to the group is late.</param>
/// <param name="IsExpiring">Whether a group had no push for more than half of its time to live.</param>
/// <param name="IsQuarantined">Whether scrapes omit the group.</param>
public sealed record GroupStates(
    Predicate<MetricGroup> IsLate, Predicate<MetricGroup> IsExpiring, Predicate<GroupingKey> IsQuarantined)
{
    /// <summary>0 for a group that is failing or late, 1 for one that is expiring, 2 for others.</summary>
    internal int RankOf(MetricGroup group) => !group.IsOk || IsLate(group) ? 0 : IsExpiring(group) ? 1 : 2;
}

/// <summary>The number of groups in each state. A group may be in several.</summary>
public sealed class StateCounts(GroupStates states)
{
    public int All { get; private set; }

    /// <summary>Groups whose last push was rejected.</summary>
    public int Failed { get; private set; }

    public int Late { get; private set; }

    public int Expiring { get; private set; }

    /// <summary>Groups without a pushed sample.</summary>
    public int Empty { get; private set; }

    public int Quarantined { get; private set; }

    internal void Add(MetricGroup group)
    {
        All++;
        Failed += group.IsOk ? 0 : 1;
        Late += states.IsLate(group) ? 1 : 0;
        Expiring += states.IsExpiring(group) ? 1 : 0;
        Empty += GroupSummary.HasSamples(group) ? 0 : 1;
        Quarantined += states.IsQuarantined(group.Key) ? 1 : 0;
    }
}
