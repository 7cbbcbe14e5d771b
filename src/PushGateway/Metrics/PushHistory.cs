namespace PushGateway.Metrics;

/// <summary>How many pushes were taken and refused in each of the last so many steps of time, oldest first.</summary>
/// <param name="End">When the last step ends, which goes on yet, in seconds since 1970.</param>
internal sealed record RecentPushes(long End, long[] Accepted, long[] Refused);

/// <summary>Counts the pushes of the last hour in steps of ten seconds. In memory; thread-safe.</summary>
internal sealed class PushHistory
{
    public const int StepSeconds = 10;
    public const int Steps = 360;

    private const long NanosecondsPerStep = StepSeconds * 1_000_000_000L;

    private readonly Lock _lock = new();
    private readonly long[] _accepted = new long[Steps];
    private readonly long[] _refused = new long[Steps];

    /// <summary>The newest step that was counted in, in steps since 1970. Those before it are in the ring.</summary>
    private long _newest = -1;

    /// <param name="at">Nanoseconds since 1970.</param>
    public void AddAccepted(long at) => Add(_accepted, at);

    /// <inheritdoc cref="AddAccepted"/>
    public void AddRejected(long at) => Add(_refused, at);

    /// <inheritdoc cref="AddAccepted"/>
    public RecentPushes Read(long at)
    {
        long last = at / NanosecondsPerStep;
        lock (_lock)
        {
            return new RecentPushes((last + 1) * StepSeconds, ReadUpTo(_accepted, last), ReadUpTo(_refused, last));
        }
    }

    private void Add(long[] ring, long at)
    {
        long step = at / NanosecondsPerStep;
        lock (_lock)
        {
            for (long passed = Math.Max(_newest + 1, step - Steps + 1); passed <= step; passed++)
            {
                _accepted[passed % Steps] = _refused[passed % Steps] = 0;
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

    /// <summary>The clock may have been set back, so that a step is older, or newer, than what the ring has.</summary>
    private bool IsInRing(long step) => step <= _newest && step > _newest - Steps;
}
