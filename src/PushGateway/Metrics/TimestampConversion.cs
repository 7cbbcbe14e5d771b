using PushGateway.Core.Model;

namespace PushGateway.Metrics;

internal static class TimestampConversion
{
    public static Timestamp ToTimestamp(this DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        (long seconds, long rest) = long.DivRem(ticks, TimeSpan.TicksPerSecond);
        return new Timestamp(seconds, (int)(rest * TimeSpan.NanosecondsPerTick));
    }
}
