using System.Collections.Immutable;
using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>All groups as they were at one moment. Immutable; may be kept and read by any thread.</summary>
public sealed class StoreSnapshot
{
    private readonly ImmutableSortedDictionary<GroupingKey, int> _order;
    private readonly GroupTable.Chunk[] _chunks;

    internal StoreSnapshot(
        ImmutableSortedDictionary<GroupingKey, int> order, GroupTable.Chunk[] chunks, bool mayBeInconsistent)
    {
        _order = order;
        _chunks = chunks;
        MayBeInconsistent = mayBeInconsistent;
    }

    public int GroupCount => _order.Count;

    /// <summary>In the order of their keys, which is the order of expositions.</summary>
    public IEnumerable<MetricGroup> Groups => _order.Values.Select(place => GroupTable.GroupAt(_chunks, place));

    /// <summary>
    /// Whether something is stored that did not fit when it was pushed, so that <see cref="GatherCheck"/> has to tell
    /// whether it can be scraped.
    /// </summary>
    public bool MayBeInconsistent { get; }

    /// <summary>The group of that key, or null.</summary>
    public MetricGroup? Find(GroupingKey key) =>
        _order.TryGetValue(key, out int place) ? GroupTable.GroupAt(_chunks, place) : null;

    /// <summary>The families that have metrics, by name in order; those of one name group after group.</summary>
    public List<FamilyAcrossGroups> Families()
    {
        var byName = new Dictionary<Utf8String, FamilyAcrossGroups>();
        foreach (MetricGroup group in Groups)
        {
            foreach (StoredFamily family in group.Families)
            {
                if (family.MetricCount == 0)
                {
                    continue;
                }
                if (!byName.TryGetValue(family.Name, out FamilyAcrossGroups? across))
                {
                    across = new FamilyAcrossGroups(family.Header);
                    byName.Add(family.Name, across);
                }
                across.Parts.Add(family);
            }
        }
        var families = new List<FamilyAcrossGroups>(byName.Values);
        families.Sort((a, b) => a.Header.Name.CompareTo(b.Header.Name));
        return families;
    }

    internal StoreSnapshot Trusted() => new(_order, _chunks, mayBeInconsistent: false);
}

/// <summary>The families that all groups have under one name.</summary>
/// <param name="Header">That of the first group, whose type and help are shown for all.</param>
public sealed record FamilyAcrossGroups(FamilyHeader Header)
{
    /// <summary>In the order of the groups.</summary>
    public List<StoredFamily> Parts { get; } = [];
}
