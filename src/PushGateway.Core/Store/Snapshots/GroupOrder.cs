using System.Collections.Immutable;

namespace PushGateway.Core.Store.Snapshots;

/// <summary>The places of the groups, in the order of their keys. Immutable.</summary>
internal sealed class GroupOrder
{
    public static readonly GroupOrder Empty = new(ImmutableSortedDictionary<GroupingKey, int>.Empty);

    private readonly ImmutableSortedDictionary<GroupingKey, int> _placeOf;
    private int[]? _places;

    private GroupOrder(ImmutableSortedDictionary<GroupingKey, int> places) => _placeOf = places;

    public int Count => _placeOf.Count;

    /// <summary>
    /// All places. The first call lists them; scrapes share the list until a group is added or removed.
    /// </summary>
    public int[] Places => _places ??= [.. _placeOf.Values];

    public bool TryFind(GroupingKey key, out int place) => _placeOf.TryGetValue(key, out place);

    public Builder ToBuilder() => new(this);

    /// <summary>An order that can change. Orders frozen from it share what did not change.</summary>
    internal sealed class Builder
    {
        /// <summary>Copying what stays is faster than removing more than this part of it.</summary>
        private const int RebuildShare = 8;

        private ImmutableSortedDictionary<GroupingKey, int>.Builder _placeOf;
        private GroupOrder? _order;

        public Builder(GroupOrder order)
        {
            _placeOf = order._placeOf.ToBuilder();
            _order = order;
        }

        public void Add(GroupingKey key, int place)
        {
            _placeOf.Add(key, place);
            _order = null;
        }

        public void Remove(GroupingKey key)
        {
            _placeOf.Remove(key);
            _order = null;
        }

        /// <summary>Removes several groups.</summary>
        /// <param name="stays">Whether a group is none of those.</param>
        public void RemoveAll(IReadOnlyCollection<GroupingKey> keys, Predicate<GroupingKey> stays)
        {
            if (keys.Count > _placeOf.Count / RebuildShare)
            {
                _placeOf = ImmutableSortedDictionary.CreateRange(_placeOf.Where(one => stays(one.Key))).ToBuilder();
            }
            else
            {
                _placeOf.RemoveRange(keys);
            }
            _order = null;
        }

        /// <summary>The current order.</summary>
        public GroupOrder Freeze() => _order ??= new GroupOrder(_placeOf.ToImmutable());
    }
}
