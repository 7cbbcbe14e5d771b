using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http.Push;

/// <summary>Counts the pushes that only <c>--push.lenient</c> accepts, and logs their groups so that users can fix the jobs.</summary>
internal sealed class LenientPushes
{
    /// <summary>Each group and kind is logged once. The maximum prevents a flood from filling log and memory.</summary>
    private const int MaxLogged = 1000;

    private static readonly (Leniency Use, string Kind)[] Kinds =
    [
        (Leniency.Crlf, "crlf"),
        (Leniency.FinalNewline, "final_newline"),
        (Leniency.Timestamp, "timestamp"),
        (Leniency.EncodedSlash, "encoded_slash"),
        (Leniency.TrailingBlank, "trailing_blank"),
        (Leniency.ByteOrderMark, "byte_order_mark"),
        (Leniency.Utf16, "utf16"),
        (Leniency.CtrlZ, "ctrl_z"),
        (Leniency.EmptyGzip, "empty_gzip"),
        (Leniency.DoubleSlash, "double_slash"),
        (Leniency.OpenMetrics, "openmetrics"),
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
            // The series start at 0, so that increase() includes the first one.
            _ = _metrics.LenientPushes.WithLabels([kind]);
        }
    }

    /// <summary>Records the deviations of an accepted push or a deletion.</summary>
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
            _logger.LenientLogLimitReached();
        }
    }
}
