using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http.Push;

/// <summary>Counts what <c>--push.lenient</c> is good for, and logs which groups need it, so that their jobs can be mended.</summary>
internal sealed class LenientPushes
{
    /// <summary>Each group and kind is logged once, and no more of them than these: a flood must not fill log and memory.</summary>
    private const int MaxLogged = 1000;

    private static readonly (Leniency Use, string Kind)[] Kinds =
    [
        (Leniency.Crlf, "crlf"),
        (Leniency.FinalNewline, "final_newline"),
        (Leniency.Timestamp, "timestamp"),
        (Leniency.EncodedSlash, "encoded_slash"),
    ];

    private readonly Lock _lock = new();
    private readonly HashSet<(GroupingKey Key, Leniency Use)> _logged = [];
    private readonly GatewayMetrics _metrics;
    private readonly ILogger<LenientPushes> _logger;

    public LenientPushes(GatewayMetrics metrics, ILogger<LenientPushes> logger)
    {
        _logger = logger;
        _metrics = metrics;
        foreach ((_, string kind) in Kinds)
        {
            // So that the first push is an increase.
            _ = _metrics.LenientPushes.WithLabels([kind]);
        }
    }

    /// <summary>For a push that was taken, and for a deletion.</summary>
    public void Record(GroupingKey key, Leniency uses, string source)
    {
        foreach ((Leniency use, string kind) in Kinds)
        {
            if (uses.HasFlag(use))
            {
                _metrics.LenientPushes.WithLabels([kind]).Add(1);
                LogOnce(key, use, kind, source);
            }
        }
    }

    private void LogOnce(GroupingKey key, Leniency use, string kind, string source)
    {
        bool isLast;
        lock (_lock)
        {
            if (_logged.Count >= MaxLogged || !_logged.Add((key, use)))
            {
                return;
            }
            isLast = _logged.Count == MaxLogged;
        }
        _logger.AcceptedLeniently(kind, key.ToString(), source);
        if (isLast)
        {
            _logger.NoMoreLenientlyLogged();
        }
    }
}
