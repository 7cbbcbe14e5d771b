using PushGateway.Core.Query.Groups;
using PushGateway.Core.Store.Consistency;
using PushGateway.Http.Push;
using PushGateway.Lifecycle;

namespace PushGateway.Http;

/// <summary>What the gateway knows about groups in addition to the stored data.</summary>
internal sealed class GroupContexts(PushSettings settings, GroupLifecycle lifecycle, TimeProvider time)
{
    private readonly GroupingKeyUrl _url = new(settings.Names);

    /// <summary>Seconds since 1970.</summary>
    public double Now => time.GetUnixNanoseconds() / 1e9;

    public GroupContext Of(MetricGroup group, Quarantine quarantine) => new(
        _url.Format(group.Key),
        quarantine.Reasons.GetValueOrDefault(group.Key),
        lifecycle.DeadlinesOf(group, time.GetUnixNanoseconds()));

    /// <summary>The predicates for the current states of groups.</summary>
    public GroupStates StatesIn(Quarantine quarantine)
    {
        long now = time.GetUnixNanoseconds();
        return lifecycle.HasDeadlines
            ? new GroupStates(group => lifecycle.IsLate(group, now), group => lifecycle.IsExpiring(group, now), quarantine.Reasons.ContainsKey)
            : new GroupStates(_ => false, _ => false, quarantine.Reasons.ContainsKey);
    }

    /// <summary>Adds the criteria that the store alone cannot check to a selection.</summary>
    public static GroupSelection Restrict(GroupSelection selection, GroupStates states) => selection switch
    {
        { IsQuarantined: true } => selection with { Among = states.IsQuarantined },
        { IsLate: true } => selection with { Where = states.IsLate },
        { IsExpiring: true } => selection with { Where = states.IsExpiring },
        _ => selection,
    };
}
