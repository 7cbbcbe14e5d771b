namespace PushGateway.Core.Model;

/// <summary>
/// The value of a histogram: classic buckets, native (sparse) ones, or both. Null where a field was not given. Field by
/// field as io.prometheus.client.Histogram.
/// </summary>
/// <remarks>What only native histograms have is in an object of its own, so that the others stay small.</remarks>
public sealed class Histogram
{
    private NativePart? _native;

    public ulong? SampleCount { get; set; }

    /// <summary>The count of a float histogram; it overrides <see cref="SampleCount"/> where it is not 0.</summary>
    public double? SampleCountFloat { get; set; }

    public double? SampleSum { get; set; }

    /// <summary>Classic buckets, in the order of the push; the +Inf bucket may be missing.</summary>
    public List<Bucket> Buckets { get; init; } = [];

    public Timestamp? Created { get; set; }

    /// <summary>Native histograms: bucket boundaries grow by 2^(2^-schema).</summary>
    public int? Schema
    {
        get => _native?.Schema;
        set => Native.Schema = value;
    }

    public double? ZeroThreshold
    {
        get => _native?.ZeroThreshold;
        set => Native.ZeroThreshold = value;
    }

    public ulong? ZeroCount
    {
        get => _native?.ZeroCount;
        set => Native.ZeroCount = value;
    }

    public double? ZeroCountFloat
    {
        get => _native?.ZeroCountFloat;
        set => Native.ZeroCountFloat = value;
    }

    /// <summary>Null where the histogram has nothing on that side of zero, as all do that are not native.</summary>
    public NativeBuckets? Negative
    {
        get => _native?.Negative;
        set => Native.Negative = value;
    }

    /// <inheritdoc cref="Negative"/>
    public NativeBuckets? Positive
    {
        get => _native?.Positive;
        set => Native.Positive = value;
    }

    /// <summary>The exemplars of a native histogram; null where it has none.</summary>
    public List<Exemplar>? Exemplars
    {
        get => _native?.Exemplars;
        set => Native.Exemplars = value;
    }

    /// <summary>Whether it has native buckets (spans), which the text format cannot show.</summary>
    public bool IsNative => Negative?.Spans.Count > 0 || Positive?.Spans.Count > 0;

    /// <summary>The count as shown: the float one where it is not 0.</summary>
    public double Count => SampleCountFloat is { } count and not 0 ? count : SampleCount ?? 0;

    private NativePart Native => _native ??= new NativePart();

    private sealed class NativePart
    {
        public int? Schema { get; set; }

        public double? ZeroThreshold { get; set; }

        public ulong? ZeroCount { get; set; }

        public double? ZeroCountFloat { get; set; }

        public NativeBuckets? Negative { get; set; }

        public NativeBuckets? Positive { get; set; }

        public List<Exemplar>? Exemplars { get; set; }
    }
}

/// <summary>One side of a native histogram: spans of consecutive buckets, and what the buckets hold.</summary>
public sealed class NativeBuckets
{
    public List<BucketSpan> Spans { get; init; } = [];

    /// <summary>Integer histograms: each bucket's count less that of the bucket before.</summary>
    public List<long> Deltas { get; init; } = [];

    /// <summary>Float histograms: each bucket's count.</summary>
    public List<double> Counts { get; init; } = [];
}

/// <summary>A gap of <paramref name="Offset"/> buckets, then <paramref name="Length"/> consecutive ones.</summary>
public readonly record struct BucketSpan(int Offset, uint Length);

/// <summary>The value of a summary. Null where a field was not given, which is shown as 0.</summary>
public sealed class Summary
{
    public ulong? SampleCount { get; set; }

    public double? SampleSum { get; set; }

    /// <summary>In the order of the push.</summary>
    public List<Quantile> Quantiles { get; init; } = [];

    public Timestamp? Created { get; set; }
}

/// <summary>A quantile (0 to 1) and the value at it.</summary>
public readonly record struct Quantile(double Rank, double Value);

/// <summary>A sample value with labels of its own, such as a trace's identifier. Carried, never interpreted.</summary>
public sealed record Exemplar
{
    public List<Label> Labels { get; init; } = [];

    public double? Value { get; set; }

    public Timestamp? Timestamp { get; set; }
}

/// <summary>google.protobuf.Timestamp: seconds since 1970 and nanoseconds within the second.</summary>
public readonly record struct Timestamp(long Seconds, int Nanos);
