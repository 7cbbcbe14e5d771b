using PushGateway.Core.Store.Consistency;
using PushGateway.Http.Push;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary>
/// The groups that <c>--push.quarantine-inconsistent</c> omits from scrapes. Checks each snapshot at most once, and only if it
/// may be inconsistent.
/// </summary>
internal sealed class QuarantineCache
{
    private readonly GroupStore _store;
    private readonly IReadOnlyList<ReservedFamily> _reserved;
    private readonly bool _isEnabled;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private Quarantine _latest;

    /// <summary>Registers the gauge of quarantined groups, if enabled.</summary>
    public QuarantineCache(
        GroupStore store,
        IReadOnlyList<ReservedFamily> reserved,
        PushSettings settings,
        GatewayMetrics metrics,
        ILogger<QuarantineCache> logger)
    {
        _store = store;
        _reserved = reserved;
        _isEnabled = settings.QuarantinesInconsistent;
        _logger = logger;
        _latest = Quarantine.None(store.Snapshot);
        if (_isEnabled)
        {
            metrics.BeforeCollect(() => metrics.QuarantinedGroups.Single.Set(Of(store.Snapshot).Reasons.Count));
        }
    }

    /// <summary>The quarantine of a snapshot; empty if disabled.</summary>
    public Quarantine Of(StoreSnapshot snapshot)
    {
        if (!_isEnabled)
        {
            return Quarantine.None(snapshot);
        }
        lock (_lock)
        {
            if (_latest.Whole != snapshot)
            {
                Quarantine before = _latest;
                _latest = snapshot.MayBeInconsistent ? Quarantine.Of(snapshot, _reserved) : Quarantine.None(snapshot);
                LogChange(before);
                if (snapshot.MayBeInconsistent && _latest.Reasons.Count == 0)
                {
                    _store.MarkConsistent(snapshot);
                }
            }
            return _latest;
        }
    }

    private void LogChange(Quarantine before)
    {
        foreach ((GroupingKey key, string reason) in _latest.Reasons)
        {
            if (!before.Reasons.ContainsKey(key))
            {
                _logger.GroupQuarantined(key.ToString(), reason);
            }
        }
        foreach (GroupingKey key in before.Reasons.Keys)
        {
            if (!_latest.Reasons.ContainsKey(key))
            {
                _logger.GroupReleased(key.ToString());
            }
        }
    }
}
