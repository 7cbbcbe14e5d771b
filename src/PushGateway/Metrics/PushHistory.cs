namespace PushGateway.Metrics;

/// <summary>Accepted and rejected pushes in each of the last time steps, oldest first.</summary>
/// <param name="End">When the current step ends, in seconds since 1970.</param>
internal sealed record RecentPushes(long End, long[] Accepted, long[] Rejected);

/// <summary>Counts the pushes of the last hour in steps of ten seconds. In memory; thread-safe.</summary>
internal sealed class PushHistory
{
    public const int StepSeconds = 10;
    public const int Steps = 360;

    private const long NanosecondsPerStep = StepSeconds * 1_000_000_000L;

    private readonly Lock _lock = new();
    private readonly long[] _accepted = new long[Steps];
    private readonly long[] _rejected = new long[Steps];

    /// <summary>The newest step with a count, in steps since 1970. The ring holds it and those before it.</summary>
    private long _newest = -1;

    /// <param name="at">Nanoseconds since 1970.</param>
    public void AddAccepted(long at) => Add(_accepted, at);

    /// <inheritdoc cref="AddAccepted"/>
    public void AddRejected(long at) => Add(_rejected, at);

    /// <inheritdoc cref="AddAccepted"/>
    public RecentPushes Read(long at)
    {
        long last = at / NanosecondsPerStep;
        lock (_lock)
        {
            return new RecentPushes((last + 1) * StepSeconds, ReadUpTo(_accepted, last), ReadUpTo(_rejected, last));
        }
    }

    private void Add(long[] ring, long at)
    {
        long step = at / NanosecondsPerStep;
        lock (_lock)
        {
            for (long passed = Math.Max(_newest + 1, step - Steps + 1); passed <= step; passed++)
            {
                _accepted[passed % Steps] = _rejected[passed % Steps] = 0;
            }
            _newest = Math.Max(_newest, step);
            if (IsInRing(step))
            {
                ring[step % Steps]++;
            }
        }
    }

    private long[] ReadUpTo(long[] ring, long last)
    {
        long[] counts = new long[Steps];
        for (int i = 0; i < Steps; i++)
        {
            long step = last - Steps + 1 + i;
            counts[i] = step >= 0 && IsInRing(step) ? ring[step % Steps] : 0;
        }
        return counts;
    }

    /// <summary>After the clock was set, a step can be older or newer than the ring.</summary>
    private bool IsInRing(long step) => step <= _newest && step > _newest - Steps;
}
