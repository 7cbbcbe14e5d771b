using PushGateway.Core.Store;

namespace PushGateway.Core.Query;

/// <summary>The number of series and groups that have a name or value.</summary>
public readonly record struct SeriesShare(Utf8String Text, long Series, int Groups);

/// <summary>The number of groups with a label in their grouping key, and the number of its values.</summary>
public readonly record struct LabelShare(Utf8String Name, int Values, int Groups);

/// <summary>Counts the content of a store, in one pass and without reading samples.</summary>
public sealed class StoreStatistics
{
    private const int Top = 10;
    private const int GroupsBetweenChecks = 256;

    private static readonly Utf8String Job = new("job");

    private readonly Dictionary<FamilyHeader, Count> _headers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Utf8String, Count> _jobs = [];
    private readonly Dictionary<Utf8String, LabelCount> _labels = [];
    private readonly int[] _ages = new int[AgeBounds.Length];

    private StoreStatistics()
    {
    }

    /// <summary>
    /// Upper bounds in seconds of the time since the last accepted push. The last bound includes groups that never had one.
    /// </summary>
    public static ReadOnlySpan<double> AgeBounds =>
        [60, 300, 900, 3_600, 21_600, 86_400, 604_800, double.PositiveInfinity];

    public int Groups { get; private init; }

    public long Series { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The number of distinct names.</summary>
    public int Families { get; private set; }

    /// <summary>The number of groups between each of <see cref="AgeBounds"/> and the previous one.</summary>
    public IReadOnlyList<int> Ages => _ages;

    /// <summary>The names with the most series.</summary>
    public IReadOnlyList<SeriesShare> TopMetrics { get; private set; } = [];

    /// <summary>The jobs with the most series.</summary>
    public IReadOnlyList<SeriesShare> TopJobs { get; private set; } = [];

    /// <summary>The labels of grouping keys with the most values.</summary>
    public IReadOnlyList<LabelShare> TopLabels { get; private set; } = [];

    /// <param name="now">In seconds since 1970.</param>
    public static StoreStatistics Of(StoreSnapshot snapshot, double now, CancellationToken cancellation)
    {
        var statistics = new StoreStatistics { Groups = snapshot.GroupCount };
        int visited = 0;
        foreach (MetricGroup group in snapshot.Groups)
        {
            if (visited++ % GroupsBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
            statistics.Add(group, now);
        }
        statistics.Rank();
        return statistics;
    }

    private void Add(MetricGroup group, double now)
    {
        long series = 0;
        foreach (ref readonly StoredFamily family in group.Families)
        {
            series += family.MetricCount;
            Bytes += family.LinesLength;
            CountOf(_headers, family.Header).Add(family.MetricCount);
        }
        Series += series;
        foreach (ref readonly Label label in group.Key.Labels.AsSpan())
        {
            CountOf(_labels, label.Name).Add(label.Value);
            if (label.Name == Job)
            {
                CountOf(_jobs, label.Value).Add(series);
            }
        }
        double age = now - PushTimestamps.Read(group, PushTimestamps.Success);
        int bound = 0;
        while (bound < AgeBounds.Length - 1 && !(age <= AgeBounds[bound]))
        {
            bound++;
        }
        _ages[bound]++;
    }

    private void Rank()
    {
        var metrics = new Dictionary<Utf8String, Count>();
        foreach ((FamilyHeader header, Count count) in _headers)
        {
            Count ofName = CountOf(metrics, header.Name);
            ofName.Series += count.Series;
            ofName.Groups += count.Groups;
        }
        Families = metrics.Count;
        TopMetrics = MostSeries(metrics);
        TopJobs = MostSeries(_jobs);
        TopLabels =
        [
            .. _labels.Select(label => new LabelShare(label.Key, label.Value.Values.Count, label.Value.Groups))
                .OrderByDescending(label => label.Values).ThenBy(label => label.Name).Take(Top),
        ];
        _headers.Clear();
        _jobs.Clear();
        _labels.Clear();
    }

    private static SeriesShare[] MostSeries(Dictionary<Utf8String, Count> counts) =>
    [
        .. counts.Select(count => new SeriesShare(count.Key, count.Value.Series, count.Value.Groups))
            .OrderByDescending(share => share.Series).ThenBy(share => share.Text).Take(Top),
    ];

    private static TCount CountOf<TKey, TCount>(Dictionary<TKey, TCount> counts, TKey key)
        where TKey : notnull
        where TCount : new()
    {
        if (!counts.TryGetValue(key, out TCount? count))
        {
            count = new TCount();
            counts.Add(key, count);
        }
        return count;
    }

    private sealed class Count
    {
        public long Series { get; set; }

        public int Groups { get; set; }

        public void Add(long series)
        {
            Series += series;
            Groups++;
        }
    }

    private sealed class LabelCount
    {
        public HashSet<Utf8String> Values { get; } = [];

        public int Groups { get; private set; }

        public void Add(Utf8String value)
        {
            Values.Add(value);
            Groups++;
        }
    }
}
