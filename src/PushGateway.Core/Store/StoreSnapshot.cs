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
    /// Whether the store accepted something inconsistent, so that <c>FullConsistencyCheck</c> has to decide whether the
    /// snapshot can be scraped.
    /// </summary>
    public bool MayBeInconsistent { get; }

    /// <summary>The group of that key, or null.</summary>
    public MetricGroup? Find(GroupingKey key) => _order.TryFind(key, out int place) ? GroupAt(place) : null;

    /// <summary>Whether somebody asked for the groups of a job before, so that to do it again costs less than a look at all of them.</summary>
    internal bool HasJobIndex => _jobs.Count > 0;

    /// <summary>Whether the grouping key of each group has a job.</summary>
    public bool AllHaveJobs => _jobs.Of(_order).AllHaveJobs;

    /// <summary>
    /// The groups of some jobs, in the same order. Does not look at the other groups, except when somebody asks for the first time.
    /// </summary>
    public IEnumerable<MetricGroup> GroupsOf(IReadOnlyCollection<Utf8String> jobs) =>
        _jobs.Of(_order).PlacesOf(jobs).Select(GroupAt);

    /// <summary>Which groups there are, and which families they have: equal only for snapshots in which both are the same.</summary>
    internal FamilySet FamilySet => new(_order, _index);

    /// <summary>The families that have metrics, by name; those of one name in the order of the groups.</summary>
    public FamilyView[] Families() => _index.ViewsOf(_familiesOfGroups ??= ListFamilies());

    /// <summary>A snapshot without some of the groups. The caller knows that the others are consistent.</summary>
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
    /// The families of each group. A scrape visits each group once for each name and mostly waits for memory that no
    /// cache holds: from here it takes two steps to the lines instead of four.
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
