using System.Collections.Immutable;
using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>All groups as they were at one moment. Immutable; may be kept and read by any thread.</summary>
public sealed class StoreSnapshot
{
    internal static readonly StoreSnapshot Empty = new(ImmutableSortedDictionary<GroupingKey, MetricGroup>.Empty, false);

    private readonly ImmutableSortedDictionary<GroupingKey, MetricGroup> _groups;

    internal StoreSnapshot(ImmutableSortedDictionary<GroupingKey, MetricGroup> groups, bool mayBeInconsistent)
    {
        _groups = groups;
        MayBeInconsistent = mayBeInconsistent;
    }

    public int GroupCount => _groups.Count;

    /// <summary>In the order of their keys, which is the order of expositions.</summary>
    public IEnumerable<MetricGroup> Groups => _groups.Values;

    /// <summary>
    /// Whether something is stored that did not fit when it was pushed, so that <see cref="GatherCheck"/> has to tell
    /// whether it can be scraped.
    /// </summary>
    public bool MayBeInconsistent { get; }

    /// <summary>The group of that key, or null.</summary>
    public MetricGroup? Find(GroupingKey key) => _groups.GetValueOrDefault(key);

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

    internal StoreSnapshot With(MetricGroup group, bool mayBeInconsistent) =>
        new(_groups.SetItem(group.Key, group), mayBeInconsistent);

    internal StoreSnapshot Without(GroupingKey key, bool mayBeInconsistent) =>
        new(_groups.Remove(key), mayBeInconsistent);

    internal StoreSnapshot Trusted() => new(_groups, mayBeInconsistent: false);
}

/// <summary>The families that all groups have under one name.</summary>
/// <param name="Header">That of the first group, whose type and help are shown for all.</param>
public sealed record FamilyAcrossGroups(FamilyHeader Header)
{
    /// <summary>In the order of the groups.</summary>
    public List<StoredFamily> Parts { get; } = [];
}
