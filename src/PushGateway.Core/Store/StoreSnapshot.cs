using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store;

/// <summary>All groups at one moment. Immutable and safe for any thread, for as long as the caller holds it.</summary>
public sealed class StoreSnapshot
{
    /// <summary>No groups.</summary>
    public static readonly StoreSnapshot Empty = new GroupTable().Freeze(mayBeInconsistent: false);

    private readonly GroupOrder<ExpositionOrder> _order;
    private readonly GroupTable.Chunk[] _chunks;
    private readonly FamilyIndex _index;
    private readonly JobIndexCache _jobs;

    private ChunkedList<StoredFamily[]>? _familiesOfGroups;

    internal StoreSnapshot(
        GroupOrder<ExpositionOrder> order,
        GroupTable.Chunk[] chunks,
        FamilyIndex index,
        JobIndexCache jobs,
        bool mayBeInconsistent)
    {
        _order = order;
        _chunks = chunks;
        _index = index;
        _jobs = jobs;
        MayBeInconsistent = mayBeInconsistent;
    }

    public int GroupCount => _order.Count;

    /// <summary>The groups in the order of their keys, which is the order of expositions.</summary>
    public IEnumerable<MetricGroup> Groups => _order.Places.Select(GroupAt);

    /// <summary>
    /// Whether the store accepted an inconsistent push, so that <c>FullConsistencyCheck</c> must decide whether the snapshot
    /// can be scraped.
    /// </summary>
    public bool MayBeInconsistent { get; }

    /// <summary>The group of that key, or null.</summary>
    public MetricGroup? Find(GroupingKey key) => _order.TryFind(key, out int place) ? GroupAt(place) : null;

    /// <summary>Whether an index of the jobs exists, so that finding the groups of a job costs less than visiting all groups.</summary>
    internal bool HasJobIndex => _jobs.Count > 0;

    /// <summary>Whether the grouping key of each group has a job.</summary>
    public bool AllHaveJobs => _jobs.Of(_order).AllHaveJobs;

    /// <summary>
    /// The groups of some jobs, in the same order. Visits the other groups only in the first call.
    /// </summary>
    public IEnumerable<MetricGroup> GroupsOf(IReadOnlyCollection<Utf8String> jobs) =>
        _jobs.Of(_order).PlacesOf(jobs).Select(GroupAt);

    /// <summary>Identifies the set of groups and families. Equal only for snapshots with the same groups and families.</summary>
    internal FamilySet FamilySet => new(_order, _index);

    /// <summary>The families that have metrics, by name. Those of one name are in the order of the groups.</summary>
    public FamilyView[] Families() => _index.ViewsOf(_familiesOfGroups ??= ListFamilies());

    /// <summary>A snapshot without some of the groups. The caller ensures that the others are consistent.</summary>
    internal StoreSnapshot Without(IEnumerable<GroupingKey> keys)
    {
        var order = _order.ToBuilder();
        foreach (GroupingKey key in keys)
        {
            order.Remove(key);
        }
        return new StoreSnapshot(order.Freeze(), _chunks, new FamilyIndex(), _jobs, mayBeInconsistent: false);
    }

    internal StoreSnapshot Trusted() => new(_order, _chunks, _index, _jobs, mayBeInconsistent: false);

    private MetricGroup GroupAt(int place) => GroupTable.GroupAt(_chunks, place);

    /// <summary>
    /// The families of each group. A scrape visits each group once for each name, and its cache misses dominate the time: from
    /// here, it reaches the lines in two steps instead of four.
    /// </summary>
    private ChunkedList<StoredFamily[]> ListFamilies()
    {
        var families = new ChunkedList<StoredFamily[]>();
        foreach (MetricGroup group in Groups)
        {
            families.Add(group.FamilyArray);
        }
        return families;
    }
}

/// <summary>Compared by reference. It holds no samples.</summary>
internal readonly record struct FamilySet(GroupOrder<ExpositionOrder> Groups, FamilyIndex Families);
