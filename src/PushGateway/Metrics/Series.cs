using PushGateway.Core.Model;

namespace PushGateway.Metrics;

/// <summary>The measurements of one instrument with one set of tags. Thread-safe.</summary>
/// <param name="labels">Sorted by name.</param>
internal abstract class Series(Label[] labels)
{
    protected Label[] Labels { get; } = labels;

    public abstract void Record(double measurement);

    public abstract Metric Read();
}

/// <summary>Adds its measurements up: a counter, or a gauge that goes up and down.</summary>
internal sealed class SumSeries(Label[] labels, MetricType type, DateTimeOffset? created) : Series(labels)
{
    private double _total;

    public override void Record(double measurement)
    {
        double seen = Volatile.Read(ref _total);
        while (true)
        {
            double before = Interlocked.CompareExchange(ref _total, seen + measurement, seen);

            // By bits: a total that has become NaN equals nothing, and the loop would never end.
            if (BitConverter.DoubleToInt64Bits(before) == BitConverter.DoubleToInt64Bits(seen))
            {
                return;
            }

            seen = before;
        }
    }

    public override Metric Read() => new()
    {
        Labels = Labels,
        ValueType = type,
        Number = Volatile.Read(ref _total),
        Created = created?.ToTimestamp(),
    };
}

/// <summary>Shows its last measurement: a gauge that is set, or an observable instrument.</summary>
internal sealed class LastValueSeries(Label[] labels, MetricType type) : Series(labels)
{
    private double _value;

    public override void Record(double measurement) => Volatile.Write(ref _value, measurement);

    public override Metric Read() => new()
    {
        Labels = Labels,
        ValueType = type,
        Number = Volatile.Read(ref _value),
    };
}

/// <summary>Shows sum, count and quantiles of its measurements.</summary>
internal sealed class SummarySeries(Label[] labels, TimeProvider time) : Series(labels)
{
    private static readonly double[] Ranks = [0.1, 0.5, 0.9];

    private readonly SlidingSummary _summary = new(time);
    private readonly Timestamp _created = time.GetUtcNow().ToTimestamp();

    public override void Record(double measurement) => _summary.Observe(measurement);

    public override Metric Read()
    {
        Summary summary = _summary.Read(Ranks);
        summary.Created = _created;
        return new Metric { Labels = Labels, ValueType = MetricType.Summary, Summary = summary };
    }
}
