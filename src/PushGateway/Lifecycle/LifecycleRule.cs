using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store.Merging;

namespace PushGateway.Lifecycle;

/// <summary>A rule of the lifecycle file. The first rule that matches a grouping key applies to the group.</summary>
/// <param name="Match">Selects grouping keys.</param>
/// <param name="TimeToLive">How long a group stays without a push; zero for no limit; null for the value of the flag.</param>
/// <param name="ExpectedInterval">The maximum time between two pushes; null if none is expected.</param>
/// <param name="Required">The groups that must exist. While one is missing, its <c>push_up</c> is 0.</param>
/// <param name="MaxGroups">Maximum number of groups of the rule; 0 for no limit.</param>
/// <param name="MaxSeries">Maximum number of series of one push; 0 for no limit.</param>
/// <param name="Merge">How POSTs without a header are merged with stored families; null if not specified.</param>
internal sealed record LifecycleRule(
    Selector Match,
    TimeSpan? TimeToLive,
    TimeSpan? ExpectedInterval,
    IReadOnlyList<GroupingKey> Required,
    long MaxGroups,
    long MaxSeries,
    MergeRule? Merge)
{
    public override string ToString() => Match.ToString();
}
