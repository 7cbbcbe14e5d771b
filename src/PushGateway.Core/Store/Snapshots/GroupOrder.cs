using System.Collections.Immutable;

namespace PushGateway.Core.Store.Snapshots;

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

    public Builder ToBuilder() => new(this);

    /// <summary>The order as it changes. Cheaper than an order a change: the next one shares what is not changed.</summary>
    internal sealed class Builder
    {
        private readonly ImmutableSortedDictionary<GroupingKey, int>.Builder _places;
        private GroupOrder? _order;

        public Builder(GroupOrder order)
        {
            _places = order._places.ToBuilder();
            _order = order;
        }

        public void Add(GroupingKey key, int place)
        {
            _places.Add(key, place);
            _order = null;
        }

        public void Remove(GroupingKey key)
        {
            _places.Remove(key);
            _order = null;
        }

        /// <summary>The order as it is now.</summary>
        public GroupOrder Freeze() => _order ??= new GroupOrder(_places.ToImmutable());
    }
}
