namespace PushGateway.Core.Model;

/// <summary>
/// The value of a histogram with classic buckets, native (sparse) buckets, or both. Has the fields of
/// io.prometheus.client.Histogram; absent ones are null.
/// </summary>
/// <remarks>The fields of native histograms are in a separate object, so that other histograms stay small.</remarks>
public sealed class Histogram
{
    private NativePart? _native;

    public ulong? SampleCount { get; set; }

    /// <summary>The count of a float histogram. Overrides <see cref="SampleCount"/> unless it is 0.</summary>
    public double? SampleCountFloat { get; set; }

    public double? SampleSum { get; set; }

    /// <summary>Classic buckets in the order of the push. The +Inf bucket is optional.</summary>
    public List<Bucket> Buckets { get; init; } = [];

    public Timestamp? Created { get; set; }

    /// <summary>Whether no number is set.</summary>
    public bool IsEmpty =>
        _native is null && Buckets.Count == 0 && this is { SampleCount: null, SampleCountFloat: null, SampleSum: null };

    /// <summary>The resolution of a native histogram: bucket bounds grow by the factor 2^(2^-schema).</summary>
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

    /// <summary>The native buckets on that side of zero; null if the push has none.</summary>
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

    /// <summary>The exemplars of a native histogram; null without any.</summary>
    public List<Exemplar>? Exemplars
    {
        get => _native?.Exemplars;
        set => Native.Exemplars = value;
    }

    /// <summary>Whether a field of native histograms is set.</summary>
    public bool HasNativeFields => _native is not null;

    /// <summary>Whether the histogram has native buckets (spans), which the text format cannot represent.</summary>
    public bool IsNative => Negative?.Spans.Count > 0 || Positive?.Spans.Count > 0;

    /// <summary>The effective count: the float count unless it is 0.</summary>
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

/// <summary>One side of a native histogram: spans of consecutive buckets, and their counts.</summary>
public sealed class NativeBuckets
{
    public List<BucketSpan> Spans { get; init; } = [];

    /// <summary>For integer histograms: the difference of each count from the previous one.</summary>
    public List<long> Deltas { get; init; } = [];

    /// <summary>For float histograms: the count of each bucket.</summary>
    public List<double> Counts { get; init; } = [];
}

/// <summary>
/// A gap of <paramref name="Offset"/> buckets, followed by <paramref name="Length"/> consecutive ones.
/// </summary>
public readonly record struct BucketSpan(int Offset, uint Length)
{
    /// <summary>Whether a protobuf message had no <see cref="Offset"/>, which counts as 0.</summary>
    public bool IsOffsetAbsent { get; init; }

    /// <summary>Whether a protobuf message had no <see cref="Length"/>, which counts as 0.</summary>
    public bool IsLengthAbsent { get; init; }
}

/// <summary>The value of a summary. Absent fields are null, and appear as 0 in the text format.</summary>
public sealed class Summary
{
    public ulong? SampleCount { get; set; }

    public double? SampleSum { get; set; }

    /// <summary>In the order of the push.</summary>
    public List<Quantile> Quantiles { get; init; } = [];

    public Timestamp? Created { get; set; }
}

/// <summary>A quantile (0 to 1) and its value.</summary>
public readonly record struct Quantile(double Rank, double Value)
{
    /// <summary>Whether a protobuf message had no <see cref="Rank"/>, which counts as 0.</summary>
    public bool IsRankAbsent { get; init; }

    /// <summary>Whether a protobuf message had no <see cref="Value"/>, which counts as 0.</summary>
    public bool IsValueAbsent { get; init; }
}

/// <summary>A sample value with its own labels, such as a trace ID. The gateway does not interpret it.</summary>
public sealed record Exemplar
{
    public List<Label> Labels { get; init; } = [];

    public double? Value { get; set; }

    public Timestamp? Timestamp { get; set; }
}

/// <summary>google.protobuf.Timestamp: seconds since 1970 and nanoseconds within the second.</summary>
public readonly record struct Timestamp(long Seconds, int Nanos);
