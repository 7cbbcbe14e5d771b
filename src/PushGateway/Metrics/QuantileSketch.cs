namespace PushGateway.Metrics;

/// <summary>
/// Counts values in buckets whose bounds grow by a constant factor, so that the error of a quantile is at most 0.5 % of its
/// value, whatever the number of values. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>Error: the result differs by at most 0.5 % from the value of that rank, for magnitudes from 1e-9 to 1e15.
/// Smaller magnitudes count as 0, greater ones as the greatest. The result is always within the range of the observed values:
/// minimum, maximum and a single value are exact. The Go client bounds the error of the rank instead. If many values lie
/// within 0.5 % of each other, its result can be closer. If they are far apart, ours is.</para>
/// <para>Memory: buckets are in pages of 256 bytes, created when first needed and never released: some 15 pages (4 KiB) for
/// values that span four powers of ten, at most 87 (22 KiB) for each sign.</para>
/// </remarks>
internal sealed class QuantileSketch
{
    private const double RelativeError = 0.005;
    private const double LeastMagnitude = 1e-9;
    private const double GreatestMagnitude = 1e15;

    private static readonly double Growth = (1 + RelativeError) / (1 - RelativeError);
    private static readonly double BucketsPerE = 1 / Math.Log(Growth);
    private static readonly int LastBucket = UnlimitedBucketOf(GreatestMagnitude);

    private readonly Buckets _positive = new(LastBucket + 1);
    private Buckets? _negative; // Created when first needed, since durations and sizes are not negative.
    private long _zeros;
    private long _count;
    private double _least = double.PositiveInfinity;
    private double _greatest = double.NegativeInfinity;

    /// <summary>Adds a value. Ignores NaN.</summary>
    public void Add(double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        _count++;
        _least = Math.Min(_least, value);
        _greatest = Math.Max(_greatest, value);
        double magnitude = Math.Abs(value);
        if (magnitude < LeastMagnitude)
        {
            _zeros++;
        }
        else if (value > 0)
        {
            _positive.Increment(BucketOf(magnitude));
        }
        else
        {
            (_negative ??= new Buckets(LastBucket + 1)).Increment(BucketOf(magnitude));
        }
    }

    /// <summary>Adds all values of another sketch, which does not change.</summary>
    public void Add(QuantileSketch other)
    {
        _count += other._count;
        _zeros += other._zeros;
        _least = Math.Min(_least, other._least);
        _greatest = Math.Max(_greatest, other._greatest);
        _positive.Add(other._positive);
        if (other._negative is { } negative)
        {
            (_negative ??= new Buckets(LastBucket + 1)).Add(negative);
        }
    }

    /// <summary>Removes all values, but keeps the memory for later ones.</summary>
    public void Clear()
    {
        _count = _zeros = 0;
        _least = double.PositiveInfinity;
        _greatest = double.NegativeInfinity;
        _positive.Clear();
        _negative?.Clear();
    }

    /// <summary>The value that a fraction of all values, 0 to 1, does not exceed; NaN without values.</summary>
    public double Quantile(double rank)
    {
        if (_count == 0)
        {
            return double.NaN;
        }

        long position = Math.Clamp((long)Math.Ceiling(rank * _count), 1, _count);
        return position == 1 ? _least
            : position == _count ? _greatest
            : Math.Clamp(ValueAt(position), _least, _greatest);
    }

    private static int BucketOf(double magnitude) => Math.Min(UnlimitedBucketOf(magnitude), LastBucket);

    /// <summary>Bucket n ends at the least magnitude times Growth to the power of n.</summary>
    private static int UnlimitedBucketOf(double magnitude) =>
        (int)Math.Ceiling(Math.Log(magnitude / LeastMagnitude) * BucketsPerE);

    /// <summary>A value with the same relative distance from both bounds. The last bucket has no upper bound.</summary>
    private static double MiddleOf(int bucket) => bucket >= LastBucket
        ? double.PositiveInfinity
        : LeastMagnitude * Math.Pow(Growth, bucket) * 2 / (Growth + 1);

    /// <param name="position">From 1, which is the least value.</param>
    private double ValueAt(long position)
    {
        long negatives = _negative?.Total ?? 0;
        if (position <= negatives)
        {
            // The least value has the greatest magnitude.
            return -MiddleOf(_negative!.BucketAt(negatives - position + 1));
        }

        position -= negatives + _zeros;
        return position <= 0 ? 0 : MiddleOf(_positive.BucketAt(position));
    }

    /// <summary>Counts by bucket number, in pages.</summary>
    private sealed class Buckets(int count)
    {
        private const int PageSize = 64;

        private readonly int[]?[] _pages = new int[]?[(count + PageSize - 1) / PageSize];

        public long Total { get; private set; }

        public void Increment(int bucket)
        {
            (_pages[bucket / PageSize] ??= new int[PageSize])[bucket % PageSize]++;
            Total++;
        }

        public void Add(Buckets other)
        {
            for (int p = 0; p < _pages.Length; p++)
            {
                if (other._pages[p] is not { } page)
                {
                    continue;
                }

                int[] sums = _pages[p] ??= new int[PageSize];
                for (int i = 0; i < PageSize; i++)
                {
                    sums[i] += page[i];
                }
            }

            Total += other.Total;
        }

        public void Clear()
        {
            foreach (int[]? page in _pages)
            {
                page.AsSpan().Clear();
            }

            Total = 0;
        }

        /// <summary>The bucket of the value at this position, from 1, in ascending order.</summary>
        public int BucketAt(long position)
        {
            for (int p = 0; p < _pages.Length; p++)
            {
                for (int i = 0; _pages[p] is { } page && i < PageSize; i++)
                {
                    position -= page[i];
                    if (position <= 0)
                    {
                        return (p * PageSize) + i;
                    }
                }
            }

            return (_pages.Length * PageSize) - 1;
        }
    }
}
