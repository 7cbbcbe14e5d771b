namespace PushGateway.Core.Store;

/// <summary>All groups as they were at one moment. Immutable; may be kept and read by any thread.</summary>
public sealed class StoreSnapshot
{
    private readonly GroupOrder _order;
    private readonly GroupTable.Chunk[] _chunks;
    private readonly StoreLayout _layout;

    internal StoreSnapshot(GroupOrder order, GroupTable.Chunk[] chunks, StoreLayout layout, bool mayBeInconsistent)
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
    /// Whether something is stored that did not fit when it was pushed, so that <see cref="GatherCheck"/> has to tell
    /// whether it can be scraped.
    /// </summary>
    public bool MayBeInconsistent { get; }

    /// <summary>The places of all groups, in the order of their keys.</summary>
    internal int[] PlacesInOrder => _order.InOrder;

    /// <summary>The group of that key, or null.</summary>
    public MetricGroup? Find(GroupingKey key) => _order.TryFind(key, out int place) ? GroupAt(place) : null;

    /// <summary>The families that have metrics, by name in order; those of one name group after group.</summary>
    public FamilyAcrossGroups[] Families() => _layout.Gather(this);

    internal MetricGroup GroupAt(int place) => GroupTable.GroupAt(_chunks, place);

    internal StoreSnapshot Trusted() => new(_order, _chunks, _layout, mayBeInconsistent: false);
}
