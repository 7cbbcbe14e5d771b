namespace PushGateway.WebConfig;

/// <summary>
/// A token bucket, represented by the time at which it will be full, as in the generic cell rate algorithm. Thread-safe.
/// </summary>
internal sealed class TokenBucket(RateLimit limit, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly long _interval = Math.Max(1, limit.Interval.ToTimeSpan().Ticks);

    /// <summary>How far in the future the bucket may become full. The cap is beyond any real limit.</summary>
    private readonly long _capacity = (long)Math.Min(
        (double)Math.Max(1, limit.Interval.ToTimeSpan().Ticks) * limit.Burst, long.MaxValue / 4.0);

    private long _fullAt;

    public RateLimit Limit => limit;

    public bool TryTake()
    {
        long now = time.GetElapsedTime(_start).Ticks;
        while (true)
        {
            long fullAt = Interlocked.Read(ref _fullAt);
            long next = Math.Max(fullAt, now) + _interval;
            if (next - now > _capacity)
            {
                return false;
            }
            if (Interlocked.CompareExchange(ref _fullAt, next, fullAt) == fullAt)
            {
                return true;
            }
        }
    }
}
