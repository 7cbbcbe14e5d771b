namespace PushGateway.Metrics;

/// <summary>Accepted and rejected pushes in each of the last time steps, oldest first.</summary>
/// <param name="End">The end of the current step, in seconds since 1970.</param>
internal sealed record RecentPushes(long End, long[] Accepted, long[] Rejected);

/// <summary>Counts the pushes of the last hour in steps of ten seconds, in memory. Thread-safe.</summary>
/// <remarks>The steps follow the monotonic clock, so that setting the machine's time neither stops nor moves the counts.</remarks>
internal sealed class PushHistory(TimeProvider time)
{
    public const int StepSeconds = 10;
    public const int Steps = 360;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerStep = StepSeconds * NanosecondsPerSecond;

    private readonly Lock _lock = new();
    private readonly long[] _accepted = new long[Steps];
    private readonly long[] _rejected = new long[Steps];
    private readonly long _startedAt = time.GetUnixNanoseconds();
    private readonly long _started = time.GetTimestamp();

    /// <summary>The newest step with a count. The ring holds it and the previous ones.</summary>
    private long _newest = -1;

    public void AddAccepted() => Add(_accepted);

    public void AddRejected() => Add(_rejected);

    public RecentPushes Read()
    {
        long now = Now();
        long last = now / NanosecondsPerStep;
        long setBy = (time.GetUnixNanoseconds() - now) / NanosecondsPerSecond;
        lock (_lock)
        {
            return new RecentPushes(((last + 1) * StepSeconds) + setBy, ReadUpTo(_accepted, last), ReadUpTo(_rejected, last));
        }
    }

    private void Add(long[] ring)
    {
        long step = Now() / NanosecondsPerStep;
        lock (_lock)
        {
            for (long passed = Math.Max(_newest + 1, step - Steps + 1); passed <= step; passed++)
            {
                _accepted[passed % Steps] = _rejected[passed % Steps] = 0;
            }

            // Another thread may have begun a newer step in the meantime.
            _newest = Math.Max(_newest, step);
            ring[step % Steps]++;
        }
    }

    private long[] ReadUpTo(long[] ring, long last)
    {
        long[] counts = new long[Steps];
        for (int i = 0; i < Steps; i++)
        {
            long step = last - Steps + 1 + i;
            counts[i] = step <= _newest && step > _newest - Steps ? ring[step % Steps] : 0;
        }
        return counts;
    }

    /// <summary>The start time plus the elapsed time, in nanoseconds since 1970. Setting the clock later has no effect.</summary>
    private long Now() => _startedAt + (time.GetElapsedTime(_started).Ticks * 100);
}
