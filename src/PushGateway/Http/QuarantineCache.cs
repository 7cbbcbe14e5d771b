using PushGateway.CommandLine;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;
using PushGateway.Http.Push;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary>
/// Which groups are left out of scrapes, with <c>--push.quarantine-inconsistent</c>. Looked for once a snapshot, and only where
/// something was stored that did not fit.
/// </summary>
internal sealed class QuarantineCache
{
    private readonly GroupStore _store;
    private readonly IReadOnlyList<ReservedFamily> _reserved;
    private readonly bool _isOn;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private Quarantine _newest;

    /// <summary>Shows the number of groups on /metrics, if it is on.</summary>
    public QuarantineCache(
        GroupStore store,
        IReadOnlyList<ReservedFamily> reserved,
        PushSettings settings,
        GatewayMetrics metrics,
        ILogger<QuarantineCache> logger)
    {
        _store = store;
        _reserved = reserved;
        _isOn = settings.QuarantinesInconsistent;
        _logger = logger;
        _newest = Quarantine.None(store.Snapshot);
        if (_isOn)
        {
            metrics.BeforeCollect(() => metrics.QuarantinedGroups.Single.Set(Of(store.Snapshot).Reasons.Count));
        }
    }

    /// <summary>None while it is off.</summary>
    public Quarantine Of(StoreSnapshot snapshot)
    {
        if (!_isOn)
        {
            return Quarantine.None(snapshot);
        }
        lock (_lock)
        {
            if (_newest.Whole != snapshot)
            {
                Quarantine before = _newest;
                _newest = snapshot.MayBeInconsistent ? Quarantine.Of(snapshot, _reserved) : Quarantine.None(snapshot);
                LogChange(before);
                if (snapshot.MayBeInconsistent && _newest.Reasons.Count == 0)
                {
                    _store.MarkConsistent(snapshot);
                }
            }
            return _newest;
        }
    }

    private void LogChange(Quarantine before)
    {
        foreach ((GroupingKey key, string reason) in _newest.Reasons)
        {
            if (!before.Reasons.ContainsKey(key))
            {
                _logger.GroupQuarantined(key.ToString(), reason);
            }
        }
        foreach (GroupingKey key in before.Reasons.Keys)
        {
            if (!_newest.Reasons.ContainsKey(key))
            {
                _logger.GroupReleased(key.ToString());
            }
        }
    }
}
