namespace PushGateway.Durability;

/// <summary>
/// Says when a snapshot is due: an interval after the last if something has changed, at once if it is urgent, and after
/// one that has failed as soon as may be. Not thread-safe.
/// </summary>
/// <remarks>
/// By the clock that only goes forward: setting the machine's time must not put a snapshot off.
/// </remarks>
internal sealed class SnapshotSchedule(TimeSpan interval, TimeProvider time)
{
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);

    private long _endedAt = time.GetTimestamp();

    /// <summary>How long nothing is tried; null if the last attempt did not fail.</summary>
    private TimeSpan? _pause;

    /// <summary>How often to ask whether one is due.</summary>
    public TimeSpan Tick =>
        interval < ShortestTick ? ShortestTick : interval > LongestTick ? LongestTick : interval;

    /// <summary>
    /// How long to wait after an attempt that has failed: at least as long as that took, since a disk that is nearly
    /// full takes much before it says no.
    /// </summary>
    public static TimeSpan PauseAfter(TimeSpan attempt) => attempt > LongestTick ? attempt : LongestTick;

    /// <param name="isUrgent">Whether it cannot wait for the interval to be over.</param>
    /// <param name="hasChanged">Only asked if it matters.</param>
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
