using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Groups;

/// <summary>The selected groups of a job. Times are seconds since 1970, 0 for never.</summary>
public sealed record JobSummary(Utf8String Job)
{
    public int Groups { get; private set; }

    /// <summary>The number of series, including push times.</summary>
    public long Series { get; private set; }

    public int Late { get; private set; }

    /// <summary>Groups whose last push was rejected.</summary>
    public int Failing { get; private set; }

    public int Expiring { get; private set; }

    /// <summary>The last accepted push of the group whose last push is the oldest.</summary>
    public double OldestPush { get; private set; } = double.PositiveInfinity;

    /// <summary>The last accepted push to any of its groups.</summary>
    public double LastPush { get; private set; }

    internal bool NeedsAttention => Late + Failing > 0;

    internal void Add(MetricGroup group, GroupStates states)
    {
        double pushed = PushTimestamps.Read(group, PushTimestamps.Success);
        Groups++;
        Series += GroupSize.Of(group).Series;
        Late += states.IsLate(group) ? 1 : 0;
        Failing += group.IsOk ? 0 : 1;
        Expiring += states.IsExpiring(group) ? 1 : 0;
        OldestPush = Math.Min(OldestPush, pushed);
        LastPush = Math.Max(LastPush, pushed);
    }
}

/// <summary>A page of the jobs of the selected groups. Jobs with late or failing groups come first, then by name.</summary>
public sealed class JobPage
{
    private const int GroupsBetweenChecks = 256;

    private JobPage(IReadOnlyCollection<JobSummary> all, IReadOnlyList<JobSummary> jobs)
    {
        All = all;
        Jobs = jobs;
    }

    /// <summary>In no particular order.</summary>
    public IReadOnlyCollection<JobSummary> All { get; }

    public IReadOnlyList<JobSummary> Jobs { get; }

    public static JobPage Select(
        StoreSnapshot snapshot,
        GroupSelection selection,
        GroupStates states,
        int offset,
        int limit,
        CancellationToken cancellation)
    {
        var scan = new GroupScan(selection, [.. selection.Selectors.Select(selector => new SelectorScan(selector))]);
        var jobs = new Dictionary<Utf8String, JobSummary>();
        int visited = 0;
        foreach (MetricGroup group in snapshot.Groups)
        {
            if (visited++ % GroupsBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
            if (scan.Matches(group))
            {
                JobOf(jobs, NaturalOrder.JobOf(group.Key)).Add(group, states);
            }
        }
        IEnumerable<JobSummary> page = jobs.Values
            .OrderByDescending(job => job.NeedsAttention).ThenBy(job => job.Job, NaturalOrder.Comparer)
            .Skip(offset).Take(limit);
        return new JobPage(jobs.Values, [.. page]);
    }

    private static JobSummary JobOf(Dictionary<Utf8String, JobSummary> jobs, Utf8String name)
    {
        if (!jobs.TryGetValue(name, out JobSummary? job))
        {
            jobs.Add(name, job = new JobSummary(name));
        }
        return job;
    }
}
