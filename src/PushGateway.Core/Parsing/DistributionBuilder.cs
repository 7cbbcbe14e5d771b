using PushGateway.Core.Model;

namespace PushGateway.Core.Parsing;

/// <summary>What a sample tells of the summary or histogram that it belongs to.</summary>
internal enum SampleRole
{
    /// <summary>The value, a quantile, or (by the bare name of a histogram) a bucket.</summary>
    Value,
    Bucket,
    Sum,
    Count,
}

/// <summary>Puts summaries and histograms together from their samples.</summary>
internal static class DistributionBuilder
{
    /// <summary>Lest a body with one large histogram makes us take much memory for many small ones.</summary>
    private const int MaxExpectedBuckets = 16;

    /// <summary>The role that a name with a suffix says, and the suffix's length.</summary>
    public static (int SuffixLength, SampleRole Role) RoleOf(ReadOnlySpan<byte> name)
    {
        if (name.EndsWith("_count"u8) && name.Length > "_count"u8.Length)
        {
            return ("_count"u8.Length, SampleRole.Count);
        }
        if (name.EndsWith("_sum"u8) && name.Length > "_sum"u8.Length)
        {
            return ("_sum"u8.Length, SampleRole.Sum);
        }
        return name.EndsWith("_bucket"u8) && name.Length > "_bucket"u8.Length
            ? ("_bucket"u8.Length, SampleRole.Bucket)
            : (0, SampleRole.Value);
    }

    /// <summary>A histogram with room for as many buckets as the one before it in its family has.</summary>
    public static Histogram NewHistogram(Histogram? before)
    {
        var histogram = new Histogram();
        histogram.Buckets.EnsureCapacity(Math.Min(before?.Buckets.Count ?? 0, MaxExpectedBuckets));
        return histogram;
    }

    /// <param name="bound">The quantile; NaN if the sample has none, which then tells nothing.</param>
    public static void Set(Summary summary, SampleRole role, double bound, double value)
    {
        switch (role)
        {
            case SampleRole.Count:
                summary.SampleCount = GoNumber.ToUInt64(value);
                break;
            case SampleRole.Sum:
                summary.SampleSum = value;
                break;
            default:
                if (!double.IsNaN(bound))
                {
                    summary.Quantiles.Add(new Quantile(bound, value));
                }
                break;
        }
    }

    /// <summary>Null, or what is wrong with the value.</summary>
    /// <param name="bound">The bucket's; NaN if the sample has none.</param>
    public static string? Set(Histogram histogram, SampleRole role, double bound, double value)
    {
        ulong whole = GoNumber.ToUInt64(value);
        bool isWhole = whole == value;
        switch (role)
        {
            case SampleRole.Count when isWhole:
                histogram.SampleCount = whole;
                return null;
            case SampleRole.Count when value < 0:
                return "negative count";
            case SampleRole.Count:
                histogram.SampleCountFloat = value;
                return null;
            case SampleRole.Sum:
                histogram.SampleSum = value;
                return null;
            case var _ when double.IsNaN(bound):
                // Upstream: a bucket without a bound is dropped.
                return null;
            case var _ when !isWhole && value < 0:
                return "negative bucket population";
            default:
                histogram.Buckets.Add(isWhole
                    ? new Bucket(bound) { CumulativeCount = whole }
                    : new Bucket(bound) { CumulativeCountFloat = value });
                return null;
        }
    }

    /// <summary>A histogram's counts are all whole numbers or all floats: one float makes the others floats.</summary>
    public static void MakeCountsAlike(Histogram histogram)
    {
        if (histogram.SampleCountFloat is null or 0
            && histogram.Buckets.TrueForAll(bucket => bucket.CumulativeCountFloat is null or 0))
        {
            return;
        }
        if (histogram.SampleCountFloat is null or 0)
        {
            histogram.SampleCountFloat = histogram.SampleCount ?? 0;
            histogram.SampleCount = null;
        }
        for (int i = 0; i < histogram.Buckets.Count; i++)
        {
            Bucket bucket = histogram.Buckets[i];
            if (bucket.CumulativeCountFloat is null or 0)
            {
                histogram.Buckets[i] = bucket with
                {
                    CumulativeCount = null,
                    CumulativeCountFloat = bucket.CumulativeCount ?? 0,
                };
            }
        }
    }
}
