namespace PushGateway.Durability;

/// <summary>
/// Decides when a snapshot is due: an interval after the last one if something changed, at once if it is urgent, and after
/// a short pause if the last attempt failed. Not thread-safe.
/// </summary>
/// <remarks>Uses the monotonic clock, so that setting the machine's time does not delay a snapshot.</remarks>
internal sealed class SnapshotSchedule(TimeSpan interval, TimeProvider time)
{
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);

    private long _endedAt = time.GetTimestamp();

    /// <summary>Time to wait after a failed attempt; null if the last attempt succeeded.</summary>
    private TimeSpan? _pause;

    /// <summary>How often to check whether a snapshot is due.</summary>
    public TimeSpan Tick =>
        interval < ShortestTick ? ShortestTick : interval > LongestTick ? LongestTick : interval;

    /// <summary>
    /// The pause after a failed attempt. At least as long as the attempt, since a nearly full disk accepts many writes before
    /// it fails.
    /// </summary>
    public static TimeSpan PauseAfter(TimeSpan attempt) => attempt > LongestTick ? attempt : LongestTick;

    /// <param name="isUrgent">Whether to skip the interval.</param>
    /// <param name="hasChanged">Called only if the result depends on it.</param>
    public bool IsDue(bool isUrgent, Func<bool> hasChanged)
    {
        TimeSpan since = time.GetElapsedTime(_endedAt);
        return _pause is { } pause ? since >= pause : isUrgent || (since >= interval && hasChanged());
    }

    public void Succeeded() => End(null);

    public void Failed(TimeSpan attempt) => End(PauseAfter(attempt));

    private void End(TimeSpan? pause)
    {
        _endedAt = time.GetTimestamp();
        _pause = pause;
    }
}
