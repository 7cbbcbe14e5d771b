using PushGateway.Core.Query.Groups;
using PushGateway.Core.Store.Consistency;
using PushGateway.Http.Push;
using PushGateway.Lifecycle;

namespace PushGateway.Http;

/// <summary>What the gateway knows of a group beyond what the store holds.</summary>
internal sealed class GroupContexts(PushSettings settings, GroupLifecycle lifecycle, TimeProvider time)
{
    private readonly GroupingKeyUrl _url = new(settings.Names);

    public GroupContext Of(MetricGroup group, Quarantine quarantine) => new(
        _url.Format(group.Key),
        quarantine.Reasons.GetValueOrDefault(group.Key),
        lifecycle.DeadlinesOf(group, time.GetUnixNanoseconds()));
}
