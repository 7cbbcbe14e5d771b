using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Groups;

/// <summary>The sort key of groups. Equal groups are in the natural order of their keys.</summary>
public enum GroupSort
{
    /// <summary>The value of the grouping key's <c>job</c>, in natural order.</summary>
    Job,

    /// <summary>The time of the last accepted push.</summary>
    Pushed,
    Series,
    Size,

    /// <summary>Failing and late groups first, then expiring ones; among these by job.</summary>
    State,
}

/// <summary>Which part of the selected groups to return, in which order.</summary>
public readonly record struct PageRequest(GroupSort Sort, bool IsDescending, int Offset, int Limit);

/// <summary>A page of the selected groups, with totals.</summary>
public sealed class GroupPage
{
    private const int GroupsBetweenChecks = 256;

    private readonly List<MetricGroup> _groups = [];

    private GroupPage()
    {
    }

    public int TotalGroups { get; private init; }

    public long TotalSeries { get; private set; }

    public int MatchedGroups { get; private set; }

    public GroupSize Matched { get; private set; }

    public IReadOnlyList<MetricGroup> Groups => _groups;

    /// <summary>Visits each group once, and holds only the groups up to the end of the page.</summary>
    /// <param name="counts">Counts the selected groups by state, ignoring the criteria for states; null to skip counting.</param>
    /// <param name="states">For <see cref="GroupSort.State"/>.</param>
    public static GroupPage Select(
        StoreSnapshot snapshot,
        GroupSelection selection,
        PageRequest request,
        CancellationToken cancellation,
        StateCounts? counts = null,
        GroupStates? states = null)
    {
        var page = new GroupPage { TotalGroups = snapshot.GroupCount };
        var scan = new GroupScan(selection, [.. selection.Selectors.Select(selector => new SelectorScan(selector))]);
        var top = new TopGroups(
            request.Limit == 0 ? 0 : request.Offset + (long)request.Limit, request.IsDescending);
        int visited = 0;
        foreach (MetricGroup group in snapshot.Groups)
        {
            if (visited++ % GroupsBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
            var size = GroupSize.Of(group);
            page.TotalSeries += size.Series;
            if (Matches(scan, group, counts))
            {
                page.MatchedGroups++;
                page.Matched = new GroupSize(page.Matched.Series + size.Series, page.Matched.Bytes + size.Bytes);
                top.Add(group, RankOf(group, size, request.Sort, states));
            }
        }
        page._groups.AddRange(top.From(request.Offset));
        return page;
    }

    /// <summary>All selected groups, in the order of expositions.</summary>
    public static List<MetricGroup> SelectAll(
        StoreSnapshot snapshot, GroupSelection selection, CancellationToken cancellation)
    {
        var groups = new List<MetricGroup>();
        var selected = new SelectedGroups(snapshot, selection.Selectors, isRepeated: false);
        var scan = new GroupScan(selection, selected.NewScans());
        int visited = 0;
        foreach (MetricGroup group in selected.Candidates)
        {
            if (visited++ % GroupsBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
            if (scan.Matches(group))
            {
                groups.Add(group);
            }
        }
        return groups;
    }

    private static bool Matches(GroupScan scan, MetricGroup group, StateCounts? counts)
    {
        if (counts is null)
        {
            return scan.Matches(group);
        }
        if (!scan.MatchesBesideState(group))
        {
            return false;
        }
        counts.Add(group);
        return scan.HasState(group);
    }

    private static GroupRank RankOf(MetricGroup group, GroupSize size, GroupSort sort, GroupStates? states) => sort switch
    {
        GroupSort.Job => new GroupRank(0, NaturalOrder.JobOf(group.Key)),
        GroupSort.Pushed => new GroupRank(PushTimestamps.Read(group, PushTimestamps.Success), default),
        GroupSort.Series => new GroupRank(size.Series, default),
        GroupSort.Size => new GroupRank(size.Bytes, default),
        GroupSort.State => new GroupRank(states?.RankOf(group) ?? 0, NaturalOrder.JobOf(group.Key)),
        _ => default,
    };
}
