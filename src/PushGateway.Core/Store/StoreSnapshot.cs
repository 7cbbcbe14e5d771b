using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store;

/// <summary>All groups as they were at one moment. Immutable; may be kept and read by any thread.</summary>
public sealed class StoreSnapshot
{
    private const int ListedGroups = 8192;

    private readonly GroupOrder _order;
    private readonly GroupTable.Chunk[] _chunks;
    private readonly FamilyIndex _layout;

    /// <summary>In chunks, which are no large objects however many groups there are.</summary>
    private StoredFamily[][][]? _familiesInOrder;

    internal StoreSnapshot(GroupOrder order, GroupTable.Chunk[] chunks, FamilyIndex layout, bool mayBeInconsistent)
    {
        _order = order;
        _chunks = chunks;
        _layout = layout;
        MayBeInconsistent = mayBeInconsistent;
    }

    public int GroupCount => _order.Count;

    /// <summary>In the order of their keys, which is the order of expositions.</summary>
    public IEnumerable<MetricGroup> Groups => _order.InOrder.Select(GroupAt);

    /// <summary>
    /// Whether something is stored that did not fit when it was pushed, so that <c>FullConsistencyCheck</c> has to tell
    /// whether it can be scraped.
    /// </summary>
    public bool MayBeInconsistent { get; }

    /// <summary>The places of all groups, in the order of their keys.</summary>
    internal int[] PlacesInOrder => _order.InOrder;

    /// <summary>The group of that key, or null.</summary>
    public MetricGroup? Find(GroupingKey key) => _order.TryFind(key, out int place) ? GroupAt(place) : null;

    /// <summary>The families that have metrics, by name in order; those of one name group after group.</summary>
    public FamilyView[] Families() =>
        Array.ConvertAll(_layout.FamiliesOf(this), places => new FamilyView(this, places));

    /// <summary>The families of one of the groups, by its number in their order.</summary>
    internal StoredFamily[] FamiliesInOrder(int group)
    {
        StoredFamily[][][] chunks = _familiesInOrder ??= ListFamilies();
        return chunks[group / ListedGroups][group % ListedGroups];
    }

    internal MetricGroup GroupAt(int place) => GroupTable.GroupAt(_chunks, place);

    /// <summary>
    /// A scrape comes back to each group once for each name, and mostly waits for memory that is in no cache: from here it is
    /// two steps to the lines instead of four.
    /// </summary>
    private StoredFamily[][][] ListFamilies()
    {
        int[] places = PlacesInOrder;
        var chunks = new StoredFamily[(places.Length + ListedGroups - 1) / ListedGroups][][];
        for (int i = 0; i < chunks.Length; i++)
        {
            chunks[i] = Array.ConvertAll(
                places[(i * ListedGroups)..Math.Min((i + 1) * ListedGroups, places.Length)], place => GroupAt(place).FamilyArray);
        }
        return chunks;
    }

    /// <summary>All but some of the groups, as they are to be scraped: nothing is wrong with the others.</summary>
    internal StoreSnapshot Without(IEnumerable<GroupingKey> keys)
    {
        var order = _order.ToBuilder();
        foreach (GroupingKey key in keys)
        {
            order.Remove(key);
        }
        return new StoreSnapshot(order.Freeze(), _chunks, new FamilyIndex(), mayBeInconsistent: false);
    }

    internal StoreSnapshot Trusted() => new(_order, _chunks, _layout, mayBeInconsistent: false);
}
