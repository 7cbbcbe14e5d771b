namespace PushGateway.Metrics;

/// <summary>
/// Sum and count of all observations, and quantiles of the last ten minutes. Thread-safe: a short lock for each summary, so
/// that a reader sees sum, count and quantiles of the same observations.
/// </summary>
/// <remarks>
/// The window moves in steps of two minutes, like the Go client's (maximum age ten minutes, five age buckets): an
/// observation is forgotten when it is between eight and ten minutes old. <see cref="QuantileSketch"/> describes the error and
/// cost of the quantiles. There are five sketches.
/// </remarks>
internal sealed class SlidingSummary
{
    private const int WindowCount = 5;
    private static readonly TimeSpan WindowLength = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _windowTicks;
    private readonly QuantileSketch[] _windows = new QuantileSketch[WindowCount];
    private int _current;
    private long _currentEnd;
    private double _sum;
    private ulong _count;

    public SlidingSummary(TimeProvider time)
    {
        _time = time;
        _windowTicks = (long)(WindowLength.TotalSeconds * time.TimestampFrequency);
        _currentEnd = time.GetTimestamp() + _windowTicks;
        for (int i = 0; i < WindowCount; i++)
        {
            _windows[i] = new QuantileSketch();
        }
    }

    /// <summary>
    /// Adds an observation. NaN counts and makes the sum NaN permanently. Quantiles ignore it, since it has no rank.
    /// </summary>
    public void Observe(double value)
    {
        long now = _time.GetTimestamp();
        lock (_lock)
        {
            Rotate(now);
            _sum += value;
            _count++;
            _windows[_current].Add(value);
        }
    }

    /// <summary>The current summary, with quantiles in the order of the ranks, which are from 0 to 1.</summary>
    /// <returns>Quantiles are NaN if the window has no observation.</returns>
    public Summary Read(ReadOnlySpan<double> ranks)
    {
        var merged = new QuantileSketch();
        var summary = new Summary();
        long now = _time.GetTimestamp();
        lock (_lock)
        {
            Rotate(now);
            summary.SampleSum = _sum;
            summary.SampleCount = _count;
            foreach (QuantileSketch window in _windows)
            {
                merged.Add(window);
            }
        }

        foreach (double rank in ranks)
        {
            summary.Quantiles.Add(new Quantile(rank, merged.Quantile(rank)));
        }

        return summary;
    }

    private void Rotate(long now)
    {
        if (now < _currentEnd)
        {
            return;
        }

        long steps = ((now - _currentEnd) / _windowTicks) + 1;
        _currentEnd += steps * _windowTicks;
        for (long i = 0; i < Math.Min(steps, WindowCount); i++)
        {
            _current = (_current + 1) % WindowCount;
            _windows[_current].Clear();
        }
    }
}
