namespace PushGateway.Metrics;

/// <summary>One series of a family. Thread-safe.</summary>
internal abstract class Series
{
    /// <summary>A new metric with the current value, without labels.</summary>
    public abstract Metric Read();
}

internal sealed class Counter(TimeProvider time) : Series
{
    private readonly Timestamp _created = time.GetTimestampNow();
    private double _total;

    public void Add(double increment)
    {
        double seen = Volatile.Read(ref _total);
        while (true)
        {
            double before = Interlocked.CompareExchange(ref _total, seen + increment, seen);

            // Compares bits, since a NaN equals nothing and the loop would never end.
            if (BitConverter.DoubleToInt64Bits(before) == BitConverter.DoubleToInt64Bits(seen))
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>Sets a total that is counted elsewhere.</summary>
    public void Set(double total) => Volatile.Write(ref _total, total);

    public override Metric Read() => new() { Number = Volatile.Read(ref _total), Created = _created };
}

internal sealed class Gauge : Series
{
    private double _value;

    public void Set(double value) => Volatile.Write(ref _value, value);

    public override Metric Read() => new() { Number = Volatile.Read(ref _value) };
}

/// <summary>Sum and count of all observations, and quantiles of the last ten minutes.</summary>
internal sealed class SummarySeries(TimeProvider time) : Series
{
    /// <summary>Upstream: main.go.</summary>
    private static readonly double[] Ranks = [0.1, 0.5, 0.9];

    private readonly SlidingSummary _summary = new(time);
    private readonly Timestamp _created = time.GetTimestampNow();

    public void Observe(double value) => _summary.Observe(value);

    public override Metric Read()
    {
        Summary summary = _summary.Read(Ranks);
        summary.Created = _created;
        return new Metric { Summary = summary };
    }
}

internal static class TimestampConversion
{
    public static Timestamp GetTimestampNow(this TimeProvider time)
    {
        (long seconds, long ticks) = long.DivRem((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks, TimeSpan.TicksPerSecond);
        return new Timestamp(seconds, (int)(ticks * TimeSpan.NanosecondsPerTick));
    }
}
