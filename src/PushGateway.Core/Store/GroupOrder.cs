using System.Collections.Immutable;

namespace PushGateway.Core.Store;

/// <summary>Which places the groups have, in the order of their keys. Immutable.</summary>
internal sealed class GroupOrder
{
    public static readonly GroupOrder Empty = new(ImmutableSortedDictionary<GroupingKey, int>.Empty);

    private readonly ImmutableSortedDictionary<GroupingKey, int> _places;
    private int[]? _inOrder;

    private GroupOrder(ImmutableSortedDictionary<GroupingKey, int> places) => _places = places;

    public int Count => _places.Count;

    /// <summary>All places. Listed when first asked for, and kept for the scrapes until a group comes or goes.</summary>
    public int[] InOrder => _inOrder ??= [.. _places.Values];

    public bool TryFind(GroupingKey key, out int place) => _places.TryGetValue(key, out place);

    public GroupOrder Add(GroupingKey key, int place) => new(_places.Add(key, place));

    public GroupOrder Remove(GroupingKey key) => new(_places.Remove(key));
}
