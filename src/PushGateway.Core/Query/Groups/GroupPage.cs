using PushGateway.Core.Model;
using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Groups;

/// <summary>What groups are sorted by. Those that are alike in it stay in the order of expositions.</summary>
public enum GroupSort
{
    /// <summary>Nothing.</summary>
    Exposition,

    /// <summary>The value of the grouping key's <c>job</c>, byte by byte.</summary>
    Job,

    /// <summary>When a push was last taken.</summary>
    Pushed,
    Series,
    Size,
}

/// <summary>A part of the groups that are selected, in an order.</summary>
public readonly record struct PageRequest(GroupSort Sort, bool IsDescending, int Offset, int Limit);

/// <summary>A page of the groups that are selected, and how many there are in all.</summary>
public sealed class GroupPage
{
    private const int GroupsBetweenChecks = 256;

    private static readonly Utf8String Job = new("job");

    private readonly List<MetricGroup> _groups = [];

    private GroupPage()
    {
    }

    public int TotalGroups { get; private init; }

    public long TotalSeries { get; private set; }

    public int MatchedGroups { get; private set; }

    public GroupSize Matched { get; private set; }

    public IReadOnlyList<MetricGroup> Groups => _groups;

    /// <summary>Looks at each group once. Only the groups up to the end of the page are remembered meanwhile.</summary>
    public static GroupPage Select(
        StoreSnapshot snapshot, GroupSelection selection, PageRequest request, CancellationToken cancellation)
    {
        var page = new GroupPage { TotalGroups = snapshot.GroupCount };
        var scan = new GroupScan(selection);
        var leading = new TopGroups(
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
            if (scan.Matches(group))
            {
                page.MatchedGroups++;
                page.Matched = new GroupSize(page.Matched.Series + size.Series, page.Matched.Bytes + size.Bytes);
                leading.Add(group, RankOf(group, size, request.Sort));
            }
        }
        page._groups.AddRange(leading.From(request.Offset));
        return page;
    }

    /// <summary>All groups that are selected, in order.</summary>
    public static List<MetricGroup> SelectAll(
        StoreSnapshot snapshot, GroupSelection selection, CancellationToken cancellation) =>
        Select(snapshot, selection, new PageRequest(GroupSort.Exposition, false, 0, int.MaxValue), cancellation)._groups;

    private static GroupRank RankOf(MetricGroup group, GroupSize size, GroupSort sort) => sort switch
    {
        GroupSort.Job => new GroupRank(0, JobOf(group)),
        GroupSort.Pushed => new GroupRank(PushTimestamps.Read(group, PushTimestamps.Success), default),
        GroupSort.Series => new GroupRank(size.Series, default),
        GroupSort.Size => new GroupRank(size.Bytes, default),
        _ => default,
    };

    private static Utf8String JobOf(MetricGroup group) =>
        Array.Find(group.Key.Labels, label => label.Name == Job).Value;
}
