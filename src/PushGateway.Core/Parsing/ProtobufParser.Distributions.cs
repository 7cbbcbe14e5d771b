using Proto = PushGateway.Core.Model.MetricsProto;

namespace PushGateway.Core.Parsing;

/// <content>Summaries and histograms with their exemplars and timestamps.</content>
public sealed partial class ProtobufParser
{
    /// <summary>Above this, doubling a list would leave too much garbage.</summary>
    private const int ManyBuckets = 16 * 1024;
    private const int MaxExpectedBuckets = 1 << 20;

    /// <summary>It takes more than a bucket.</summary>
    private const int PartsPerNativeSide = 4;

    private NativeBuckets NewNativeBuckets(ref ProtoReader reader)
    {
        if (!_limits.AddParts(PartsPerNativeSide))
        {
            reader.Reject(_limits.Excess!);
        }
        return new NativeBuckets();
    }

    private void AddIfAllowed<T>(ref ProtoReader reader, List<T> list, T part)
    {
        if (_limits.AddParts(1))
        {
            list.Add(part);
        }
        else
        {
            reader.Reject(_limits.Excess!);
        }
    }

    private void ReadSummary(ref ProtoReader reader, Summary summary)
    {
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case Proto.Summary.SampleCount:
                    summary.SampleCount = reader.ReadVarint();
                    break;
                case Proto.Summary.SampleSum:
                    summary.SampleSum = reader.ReadDouble();
                    break;
                case Proto.Summary.Quantile:
                    AddIfAllowed(ref reader, summary.Quantiles, ReadQuantile(ref reader));
                    break;
                case Proto.Summary.Created:
                    summary.Created = ReadTimestamp(ref reader, summary.Created);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    private static Quantile ReadQuantile(ref ProtoReader reader)
    {
        var quantile = new Quantile { IsRankAbsent = true, IsValueAbsent = true };
        int outer = reader.Enter();
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case Proto.Quantile.Rank:
                    quantile = quantile with { Rank = reader.ReadDouble(), IsRankAbsent = false };
                    break;
                case Proto.Quantile.Value:
                    quantile = quantile with { Value = reader.ReadDouble(), IsValueAbsent = false };
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        reader.Leave(outer);
        return quantile;
    }

    private void ReadHistogram(ref ProtoReader reader, Histogram histogram)
    {
        int length = reader.Remaining;
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case Proto.Histogram.SampleCount:
                    histogram.SampleCount = reader.ReadVarint();
                    break;
                case Proto.Histogram.SampleSum:
                    histogram.SampleSum = reader.ReadDouble();
                    break;
                case Proto.Histogram.Bucket:
                    if (histogram.Buckets.Count == ManyBuckets)
                    {
                        long expected = (long)ManyBuckets * reader.Remaining / Math.Max(length - reader.Remaining, 1);
                        histogram.Buckets.EnsureCapacity(ManyBuckets + (int)Math.Min(expected, MaxExpectedBuckets));
                    }
                    AddIfAllowed(ref reader, histogram.Buckets, ReadBucket(ref reader));
                    break;
                case Proto.Histogram.SampleCountFloat:
                    histogram.SampleCountFloat = reader.ReadDouble();
                    break;
                case Proto.Histogram.Created:
                    histogram.Created = ReadTimestamp(ref reader, histogram.Created);
                    break;
                case Proto.Histogram.Exemplar:
                    AddIfAllowed(ref reader, histogram.Exemplars ??= [], ReadExemplar(ref reader, null));
                    break;
                default:
                    ReadNativeField(ref reader, tag, histogram);
                    break;
            }
        }
    }

    private void ReadNativeField(ref ProtoReader reader, uint tag, Histogram histogram)
    {
        switch (tag)
        {
            case Proto.Histogram.Schema:
                histogram.Schema = reader.ReadZigZag32();
                break;
            case Proto.Histogram.ZeroThreshold:
                histogram.ZeroThreshold = reader.ReadDouble();
                break;
            case Proto.Histogram.ZeroCount:
                histogram.ZeroCount = reader.ReadVarint();
                break;
            case Proto.Histogram.ZeroCountFloat:
                histogram.ZeroCountFloat = reader.ReadDouble();
                break;
            case Proto.Histogram.NegativeSpan:
            case Proto.Histogram.NegativeDelta:
            case Proto.Histogram.NegativeDeltas:
            case Proto.Histogram.NegativeCount:
            case Proto.Histogram.NegativeCounts:
                ReadNativeBuckets(ref reader, tag, histogram.Negative ??= NewNativeBuckets(ref reader));
                break;
            case Proto.Histogram.PositiveSpan:
            case Proto.Histogram.PositiveDelta:
            case Proto.Histogram.PositiveDeltas:
            case Proto.Histogram.PositiveCount:
            case Proto.Histogram.PositiveCounts:
                ReadNativeBuckets(ref reader, tag, histogram.Positive ??= NewNativeBuckets(ref reader));
                break;
            default:
                reader.Skip(tag);
                break;
        }
    }

    /// <param name="buckets">The side of the tag.</param>
    private void ReadNativeBuckets(ref ProtoReader reader, uint tag, NativeBuckets buckets)
    {
        switch (tag)
        {
            case Proto.Histogram.NegativeSpan or Proto.Histogram.PositiveSpan:
                AddIfAllowed(ref reader, buckets.Spans, ReadSpan(ref reader));
                break;
            case Proto.Histogram.NegativeDelta or Proto.Histogram.PositiveDelta:
                AddIfAllowed(ref reader, buckets.Deltas, reader.ReadZigZag());
                break;
            case Proto.Histogram.NegativeDeltas or Proto.Histogram.PositiveDeltas:
                ReadDeltas(ref reader, buckets.Deltas);
                break;
            case Proto.Histogram.NegativeCount or Proto.Histogram.PositiveCount:
                AddIfAllowed(ref reader, buckets.Counts, reader.ReadDouble());
                break;
            default:
                ReadCounts(ref reader, buckets.Counts);
                break;
        }
    }

    /// <summary>Reads packed numbers.</summary>
    private void ReadDeltas(ref ProtoReader reader, List<long> deltas)
    {
        int outer = reader.Enter();
        while (!reader.AtEnd)
        {
            AddIfAllowed(ref reader, deltas, reader.ReadZigZag());
        }
        reader.Leave(outer);
    }

    private void ReadCounts(ref ProtoReader reader, List<double> counts)
    {
        int outer = reader.Enter();
        while (!reader.AtEnd)
        {
            AddIfAllowed(ref reader, counts, reader.ReadDouble());
        }
        reader.Leave(outer);
    }

    private Bucket ReadBucket(ref ProtoReader reader)
    {
        double? upperBound = null;
        ulong? count = null;
        double? countFloat = null;
        Exemplar? exemplar = null;
        int outer = reader.Enter();
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case Proto.Bucket.CumulativeCount:
                    count = reader.ReadVarint();
                    break;
                case Proto.Bucket.UpperBound:
                    upperBound = reader.ReadDouble();
                    break;
                case Proto.Bucket.Exemplar:
                    exemplar = ReadExemplar(ref reader, exemplar);
                    break;
                case Proto.Bucket.CumulativeCountFloat:
                    countFloat = reader.ReadDouble();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        reader.Leave(outer);
        return new Bucket(upperBound ?? 0)
        {
            CumulativeCount = count,
            CumulativeCountFloat = countFloat,
            Exemplar = exemplar,
            IsUpperBoundAbsent = upperBound is null,
        };
    }

    private static BucketSpan ReadSpan(ref ProtoReader reader)
    {
        var span = new BucketSpan { IsOffsetAbsent = true, IsLengthAbsent = true };
        int outer = reader.Enter();
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case Proto.BucketSpan.Offset:
                    span = span with { Offset = reader.ReadZigZag32(), IsOffsetAbsent = false };
                    break;
                case Proto.BucketSpan.Length:
                    span = span with { Length = (uint)reader.ReadVarint(), IsLengthAbsent = false };
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        reader.Leave(outer);
        return span;
    }

    /// <param name="partial">An earlier part to merge with, as protobuf requires.</param>
    private Exemplar ReadExemplar(ref ProtoReader reader, Exemplar? partial)
    {
        if (partial is null && !_limits.AddExemplar())
        {
            reader.Reject(_limits.Excess!);
        }
        Exemplar exemplar = partial ?? new Exemplar();
        int outer = reader.Enter();
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case Proto.Exemplar.Label:
                    AddIfAllowed(ref reader, exemplar.Labels, ReadLabel(ref reader));
                    break;
                case Proto.Exemplar.Value:
                    exemplar.Value = reader.ReadDouble();
                    break;
                case Proto.Exemplar.Timestamp:
                    exemplar.Timestamp = ReadTimestamp(ref reader, exemplar.Timestamp);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        reader.Leave(outer);
        return exemplar;
    }

    private static Timestamp ReadTimestamp(ref ProtoReader reader, Timestamp? partial)
    {
        Timestamp timestamp = partial ?? default;
        int outer = reader.Enter();
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case Proto.Timestamp.Seconds:
                    timestamp = timestamp with { Seconds = (long)reader.ReadVarint() };
                    break;
                case Proto.Timestamp.Nanos:
                    timestamp = timestamp with { Nanos = (int)reader.ReadVarint() };
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        reader.Leave(outer);
        return timestamp;
    }
}
