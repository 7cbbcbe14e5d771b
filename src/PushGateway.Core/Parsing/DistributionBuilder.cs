namespace PushGateway.Core.Parsing;

/// <summary>The part of a summary or histogram that a sample provides.</summary>
internal enum SampleRole
{
    /// <summary>The value, a quantile, or a bucket under the histogram's own name.</summary>
    Value,
    Bucket,
    Sum,
    Count,

    /// <summary>The start time. OpenMetrics only.</summary>
    Created,
}

/// <summary>Builds summaries and histograms from samples.</summary>
internal static class DistributionBuilder
{
    // Bounded, so that one large histogram does not inflate many small ones.
    private const int MaxExpectedBuckets = 16;

    /// <summary>The role that the suffix of a name gives, and the length of the suffix.</summary>
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

    /// <summary>Creates a histogram with capacity for the buckets of the previous one.</summary>
    public static Histogram NewHistogram(Histogram? previous)
    {
        var histogram = new Histogram();
        histogram.Buckets.EnsureCapacity(Math.Min(previous?.Buckets.Count ?? 0, MaxExpectedBuckets));
        return histogram;
    }

    /// <param name="bound">The quantile; NaN if the sample has none, which is then ignored.</param>
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

    /// <returns>An error, or null.</returns>
    /// <param name="bound">The upper bound of the bucket; NaN if the sample has none.</param>
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
                // Upstream: drops buckets without a bound.
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

    /// <summary>Converts all counts of a histogram to floats if one is a float.</summary>
    public static void UnifyCounts(Histogram histogram)
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
