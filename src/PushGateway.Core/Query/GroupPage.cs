using PushGateway.Core.Store;

namespace PushGateway.Core.Query;

/// <summary>What groups are sorted by. Those that are alike in it stay in the order of expositions.</summary>
public enum GroupSort
{
    /// <summary>The order of expositions.</summary>
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
        var leading = new LeadingGroups(request.Limit == 0 ? 0 : request.Offset + (long)request.Limit);
        int[] places = snapshot.PlacesInOrder;
        bool isBackwards = request is { Sort: GroupSort.Job, IsDescending: true };
        for (int i = 0; i < places.Length; i++)
        {
            if (i % GroupsBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
            MetricGroup group = snapshot.GroupAt(places[isBackwards ? places.Length - 1 - i : i]);
            GroupSize size = GroupSize.Of(group);
            page.TotalSeries += size.Series;
            if (scan.Selects(group))
            {
                page.MatchedGroups++;
                page.Matched = new GroupSize(page.Matched.Series + size.Series, page.Matched.Bytes + size.Bytes);
                leading.Add(group, RankOf(group, size, request));
            }
        }
        page._groups.AddRange(leading.From(request.Offset));
        return page;
    }

    /// <summary>All groups that are selected, in order.</summary>
    public static List<MetricGroup> SelectAll(
        StoreSnapshot snapshot, GroupSelection selection, CancellationToken cancellation) =>
        Select(snapshot, selection, new PageRequest(GroupSort.Job, false, 0, int.MaxValue), cancellation)._groups;

    /// <summary>The smaller, the further in front.</summary>
    private static double RankOf(MetricGroup group, GroupSize size, PageRequest request)
    {
        double value = request.Sort switch
        {
            GroupSort.Pushed => PushTimes.Read(group, PushTimes.Success),
            GroupSort.Series => size.Series,
            GroupSort.Size => size.Bytes,
            _ => 0,
        };
        return request.IsDescending ? -value : value;
    }
}
