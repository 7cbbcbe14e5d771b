using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http.Push;

/// <summary>
/// Counts accepted pushes without a sample, and logs their groups. Such a push succeeds, but does nothing or empties its
/// group. The cause may be an empty file, or a shell that drops line breaks.
/// </summary>
internal sealed class EmptyPushes(GatewayMetrics metrics, ILogger<EmptyPushes> logger)
{
    /// <summary>A group is logged once until a push has samples. The maximum prevents a flood from filling log and memory.</summary>
    private const int MaxLogged = 1000;

    private readonly Lock _lock = new();

    /// <summary>Hashes of grouping keys, since a key may be long.</summary>
    private readonly HashSet<UInt128> _logged = [];

    /// <summary>The size of the set. While it is 0, pushes with samples, which are nearly all pushes, need no lock.</summary>
    private volatile int _count;

    public void RecordAccepted(GroupingKey key, bool hasSamples, HttpContext context)
    {
        if (hasSamples)
        {
            if (_count > 0)
            {
                Forget(key);
            }
            return;
        }
        metrics.EmptyPushes.WithLabels([]).Add(1);
        LogOnce(key, context);
    }

    private void Forget(GroupingKey key)
    {
        UInt128 hash = SeriesHash.OfLabels(key.Labels);
        lock (_lock)
        {
            _logged.Remove(hash);
            _count = _logged.Count;
        }
    }

    private void LogOnce(GroupingKey key, HttpContext context)
    {
        UInt128 hash = SeriesHash.OfLabels(key.Labels);
        bool isLast;
        lock (_lock)
        {
            if (_logged.Count >= MaxLogged || !_logged.Add(hash))
            {
                return;
            }
            _count = _logged.Count;
            isLast = _count == MaxLogged;
        }
        logger.PushWithoutSamples(context.Request.Method, key.ToString(), context.Source());
        if (isLast)
        {
            logger.EmptyPushLogLimitReached();
        }
    }
}
