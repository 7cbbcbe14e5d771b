namespace PushGateway.Core.Model;

/// <summary>
/// The value of a histogram: classic buckets, native (sparse) ones, or both. Null where a field was not given. Field by
/// field as io.prometheus.client.Histogram.
/// </summary>
public sealed class Histogram
{
    public ulong? SampleCount { get; set; }

    /// <summary>The count of a float histogram; it overrides <see cref="SampleCount"/> where it is not 0.</summary>
    public double? SampleCountFloat { get; set; }

    public double? SampleSum { get; set; }

    /// <summary>Classic buckets, in the order of the push; the +Inf bucket may be missing.</summary>
    public List<Bucket> Buckets { get; init; } = [];

    public Timestamp? Created { get; set; }

    /// <summary>Native histograms: bucket boundaries grow by 2^(2^-schema).</summary>
    public int? Schema { get; set; }

    public double? ZeroThreshold { get; set; }

    public ulong? ZeroCount { get; set; }

    public double? ZeroCountFloat { get; set; }

    public NativeBuckets Negative { get; init; } = new();

    public NativeBuckets Positive { get; init; } = new();

    /// <summary>The exemplars of a native histogram.</summary>
    public List<Exemplar> Exemplars { get; init; } = [];

    /// <summary>Whether it has native buckets (spans), which the text format cannot show.</summary>
    public bool IsNative => Negative.Spans.Count + Positive.Spans.Count > 0;

    /// <summary>The count as shown: the float one where it is not 0.</summary>
    public double Count => SampleCountFloat is { } count and not 0 ? count : SampleCount ?? 0;
}

/// <summary>A classic bucket: how many samples are at most <paramref name="UpperBound"/>.</summary>
public sealed record Bucket(double UpperBound)
{
    public ulong? CumulativeCount { get; set; }

    /// <summary>Overrides <see cref="CumulativeCount"/> where it is not 0.</summary>
    public double? CumulativeCountFloat { get; set; }

    public Exemplar? Exemplar { get; set; }

    /// <summary>The count as shown: the float one where it is not 0.</summary>
    public double Count => CumulativeCountFloat is { } count and not 0 ? count : CumulativeCount ?? 0;
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
