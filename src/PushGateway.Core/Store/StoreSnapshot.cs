using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>All groups as they were at one moment. Immutable; may be kept and read by any thread.</summary>
public sealed class StoreSnapshot
{
    private readonly GroupOrder _order;
    private readonly GroupTable.Chunk[] _chunks;

    internal StoreSnapshot(GroupOrder order, GroupTable.Chunk[] chunks, bool mayBeInconsistent)
    {
        _order = order;
        _chunks = chunks;
        MayBeInconsistent = mayBeInconsistent;
    }

    public int GroupCount => _order.Count;

    /// <summary>In the order of their keys, which is the order of expositions.</summary>
    public IEnumerable<MetricGroup> Groups => _order.InOrder.Select(place => GroupTable.GroupAt(_chunks, place));

    /// <summary>
    /// Whether something is stored that did not fit when it was pushed, so that <see cref="GatherCheck"/> has to tell
    /// whether it can be scraped.
    /// </summary>
    public bool MayBeInconsistent { get; }

    /// <summary>The group of that key, or null.</summary>
    public MetricGroup? Find(GroupingKey key) =>
        _order.TryFind(key, out int place) ? GroupTable.GroupAt(_chunks, place) : null;

    /// <summary>The families that have metrics, by name in order; those of one name group after group.</summary>
    public List<FamilyAcrossGroups> Families()
    {
        var byName = new Dictionary<Utf8String, FamilyAcrossGroups>();
        foreach (int place in _order.InOrder)
        {
            MetricGroup group = GroupTable.GroupAt(_chunks, place);
            ReadOnlySpan<StoredFamily> families = group.Families;
            for (int i = 0; i < families.Length; i++)
            {
                if (families[i].MetricCount == 0)
                {
                    continue;
                }
                FamilyHeader header = families[i].Header;
                if (!byName.TryGetValue(header.Name, out FamilyAcrossGroups? across))
                {
                    across = new FamilyAcrossGroups(header);
                    byName.Add(header.Name, across);
                }
                across.Parts.Add(group, i);
            }
        }
        var inOrder = new List<FamilyAcrossGroups>(byName.Values);
        inOrder.Sort((a, b) => a.Header.Name.CompareTo(b.Header.Name));
        return inOrder;
    }

    internal StoreSnapshot Trusted() => new(_order, _chunks, mayBeInconsistent: false);
}
