using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store.Merging;

namespace PushGateway.Lifecycle;

/// <summary>A rule of the lifecycle file. The first rule that matches a grouping key counts for the group.</summary>
/// <param name="Match">Selects grouping keys.</param>
/// <param name="TimeToLive">How long a group stays without a push; zero for ever; null for what the flag says.</param>
/// <param name="ExpectedInterval">The maximum time between two pushes; null if none is expected.</param>
/// <param name="Required">The groups that must exist. They have a <c>push_up</c> of 0 while they do not.</param>
/// <param name="MaxGroups">Maximum number of groups of the rule; 0 for no limit.</param>
/// <param name="MaxSeries">Maximum number of series of one push; 0 for no limit.</param>
/// <param name="Merge">How POSTs without a header are merged with what is stored; null if the rule does not say.</param>
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
