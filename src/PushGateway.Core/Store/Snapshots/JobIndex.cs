namespace PushGateway.Core.Store.Snapshots;

/// <summary>The groups by their jobs, so that a scrape of one job does not visit the others. Immutable.</summary>
internal sealed class JobIndex
{
    private static readonly Utf8String Job = new("job");

    /// <summary>Sorting again is faster than replacing more than this fraction of the groups.</summary>
    private const int RebuildShare = 8;

    private readonly GroupOrder<ByJob> _byJob;

    private JobIndex(GroupOrder<ExpositionOrder> groups, GroupOrder<ByJob> byJob)
    {
        Groups = groups;
        _byJob = byJob;
    }

    /// <summary>The indexed groups.</summary>
    public GroupOrder<ExpositionOrder> Groups { get; }

    public static JobIndex Of(GroupOrder<ExpositionOrder> groups)
    {
        var jobs = new Dictionary<Utf8String, List<GroupOrder<ByJob>.Entry>>();
        foreach (GroupOrder<ExpositionOrder>.Entry entry in groups.Entries)
        {
            Utf8String job = JobOf(entry.Key);
            if (!jobs.TryGetValue(job, out List<GroupOrder<ByJob>.Entry>? ofJob))
            {
                jobs.Add(job, ofJob = []);
            }
            ofJob.Add(new GroupOrder<ByJob>.Entry(entry.Key, entry.Place));
        }
        return new JobIndex(
            groups, GroupOrder<ByJob>.Of(jobs.OrderBy(job => job.Key).SelectMany(job => job.Value)));
    }

    /// <summary>The index of other groups. It costs less the more of the groups are the same.</summary>
    public JobIndex Update(GroupOrder<ExpositionOrder> groups)
    {
        (List<GroupOrder<ExpositionOrder>.Entry> removed, List<GroupOrder<ExpositionOrder>.Entry> added) =
            Groups.DifferenceTo(groups);
        if (removed.Count + added.Count > groups.Count / RebuildShare)
        {
            return Of(groups);
        }
        var byJob = _byJob.ToBuilder();
        removed.ForEach(entry => byJob.Remove(entry.Key));
        added.ForEach(entry => byJob.Add(entry.Key, entry.Place));
        return new JobIndex(groups, byJob.Freeze());
    }

    /// <summary>Whether every group has a job.</summary>
    public bool AllHaveJobs => !RangeOf(Utf8String.Empty).Any();

    /// <summary>The distinct places of the groups of some jobs, in the order of expositions.</summary>
    public IEnumerable<int> PlacesOf(IReadOnlyCollection<Utf8String> jobs)
    {
        IEnumerable<GroupOrder<ByJob>.Entry> entries =
            jobs.Count == 1 ? RangeOf(jobs.Single()) : jobs.SelectMany(RangeOf).OrderBy(entry => entry.Key);
        return entries.Select(entry => entry.Place);
    }

    private IEnumerable<GroupOrder<ByJob>.Entry> RangeOf(Utf8String job) => _byJob.Between(
        new GroupingKey(job.IsEmpty ? [] : [new Label(Job, job)]),
        new GroupingKey([new Label(Job, new Utf8String([.. job.Span, 0]))]));

    private static Utf8String JobOf(GroupingKey key)
    {
        foreach (ref readonly Label label in key.Labels.AsSpan())
        {
            if (label.Name == Job)
            {
                return label.Value;
            }
        }
        return Utf8String.Empty;
    }

    /// <summary>By job, then in the order of expositions, in which a key without other labels is the first of its job.</summary>
    internal readonly struct ByJob : IComparer<GroupingKey>
    {
        public int Compare(GroupingKey? left, GroupingKey? right)
        {
            int order = JobOf(left!).CompareTo(JobOf(right!));
            return order != 0 ? order : left!.CompareTo(right);
        }
    }
}

/// <summary>
/// The index of the groups that were last selected by job; none until the first such request. Snapshots share it. Thread-safe.
/// </summary>
internal sealed class JobIndexCache
{
    private volatile JobIndex? _latest;

    /// <summary>The number of groups whose keys it holds.</summary>
    public int Count => _latest?.Groups.Count ?? 0;

    public JobIndex Of(GroupOrder<ExpositionOrder> groups)
    {
        JobIndex? latest = _latest;
        if (latest?.Groups != groups)
        {
            _latest = latest = latest?.Update(groups) ?? JobIndex.Of(groups);
        }
        return latest;
    }
}
