using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Selectors;

/// <summary>
/// The groups of a snapshot that may have a series that one of several selectors selects, in the order of expositions.
/// </summary>
internal sealed class SelectedGroups
{
    /// <summary>The job of all these groups; null if there may be several jobs.</summary>
    private readonly Utf8String? _job;
    private readonly IReadOnlyList<Selector> _selectors;

    /// <param name="selectors">None selects all groups.</param>
    /// <param name="isRepeated">Whether more selections will follow, so that an index of the jobs is worth its cost.</param>
    public SelectedGroups(StoreSnapshot snapshot, IReadOnlyList<Selector> selectors, bool isRepeated)
    {
        _selectors = selectors;
        HashSet<Utf8String> jobs = [.. selectors.Select(selector => selector.Job).OfType<Utf8String>()];
        bool areOfJobs = (isRepeated || snapshot.HasJobIndex) && selectors.Count > 0 && selectors.All(selector => selector.Job is not null) && snapshot.AllHaveJobs;
        _job = areOfJobs && jobs.Count == 1 ? jobs.Single() : null;
        Candidates = areOfJobs ? snapshot.GroupsOf(jobs) : snapshot.Groups;
    }

    public IEnumerable<MetricGroup> Candidates { get; }

    /// <summary>The selectors, to match them against the candidates.</summary>
    public SelectorScan[] NewScans() => [.. _selectors.Select(selector => new SelectorScan(selector, _job))];
}
