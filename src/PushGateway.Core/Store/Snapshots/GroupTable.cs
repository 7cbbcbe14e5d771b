namespace PushGateway.Core.Store.Snapshots;

/// <summary>
/// The mutable groups of the store. A push to an existing group costs one lookup, whatever the number of groups. Only
/// a new or removed group changes their order.
/// </summary>
/// <remarks>
/// Each group has a place, and places are grouped in chunks, which snapshots share. The table copies a shared chunk before it
/// changes it, so pushes between two scrapes copy each chunk at most once. Not thread-safe: the store's lock guards
/// it.
/// </remarks>
internal sealed class GroupTable
{
    private const int ChunkGroups = 256;

    private readonly Dictionary<GroupingKey, int> _places = [];
    private readonly Stack<int> _freePlaces = [];

    private GroupOrder<ExpositionOrder>.Builder _order = GroupOrder<ExpositionOrder>.Empty.ToBuilder();
    private FamilyIndex _families = new();
    private JobIndexCache _jobs = new();
    private Chunk[] _chunks = [];
    private bool _chunksAreShared;
    private int _epoch;

    public int Count => _places.Count;

    /// <summary>The groups, in no particular order.</summary>
    public IEnumerable<MetricGroup> All => _places.Values.Select(place => GroupAt(_chunks, place));

    /// <summary>The group of that key, or null.</summary>
    public MetricGroup? Find(GroupingKey key) => TryFind(key, out int place) ? At(place) : null;

    public bool TryFind(GroupingKey key, out int place) => _places.TryGetValue(key, out place);

    /// <summary>The group at a place that was found before, unless the group was removed in the meantime.</summary>
    public MetricGroup? At(int place) => _chunks[place / ChunkGroups].Groups[place % ChunkGroups];

    /// <summary>Replaces the group of the same key, or adds a group.</summary>
    /// <param name="sameFamilies">Whether the group has the same families as the one that it replaces.</param>
    public void Set(MetricGroup group, bool sameFamilies)
    {
        _families = sameFamilies ? _families : new FamilyIndex();
        if (!_places.TryGetValue(group.Key, out int place))
        {
            place = _freePlaces.TryPop(out int free) ? free : _places.Count;
            _places.Add(group.Key, place);
            _order.Add(group.Key, place);
        }
        Write(place, group);
    }

    public void Remove(GroupingKey key)
    {
        if (TryFind(key, out int place))
        {
            RemoveAt([place]);
        }
    }

    /// <summary>Removes the groups at some places, which is faster than removing them one by one.</summary>
    /// <returns>The removed groups.</returns>
    public List<MetricGroup> RemoveAt(IReadOnlyCollection<int> places)
    {
        var removed = new List<MetricGroup>(places.Count);
        foreach (int place in places)
        {
            if (At(place) is { } group)
            {
                removed.Add(group);
                _freePlaces.Push(place);
                Write(place, null);
            }
        }
        _families = new FamilyIndex();
        _order.RemoveAll([.. removed.Select(group => group.Key)], place => At(place) is null);
        if (removed.Count > _order.Count)
        {
            _places.Clear();
            foreach (GroupOrder<ExpositionOrder>.Entry rest in _order.Freeze().Entries)
            {
                _places.Add(rest.Key, rest.Place);
            }
        }
        else
        {
            removed.ForEach(group => _places.Remove(group.Key));
        }
        ForgetJobs();
        return removed;
    }

    public void Clear()
    {
        _places.Clear();
        _freePlaces.Clear();
        _order = GroupOrder<ExpositionOrder>.Empty.ToBuilder();
        _families = new FamilyIndex();
        _chunks = [];
        _chunksAreShared = false;
        ForgetJobs();
    }

    /// <summary>Whether a snapshot may contain a group that was found here.</summary>
    public bool IsInSnapshot(MetricGroup group) => group.Epoch != _epoch;

    /// <summary>A snapshot of the current groups.</summary>
    public StoreSnapshot Freeze(bool mayBeInconsistent)
    {
        _chunksAreShared = true;
        _epoch++;
        return new StoreSnapshot(_order.Freeze(), _chunks, _families, _jobs, mayBeInconsistent);
    }

    internal static MetricGroup GroupAt(Chunk[] chunks, int place) =>
        chunks[place / ChunkGroups].Groups[place % ChunkGroups]!;

    /// <summary>Drops the keys of removed groups if they are the majority in the index.</summary>
    private void ForgetJobs()
    {
        if (_jobs.Count > 2 * _places.Count)
        {
            _jobs = new JobIndexCache();
        }
    }

    private void Write(int place, MetricGroup? group)
    {
        int index = place / ChunkGroups;
        if (_chunksAreShared || index >= _chunks.Length)
        {
            // Grow by a quarter, so that adding groups one by one does not copy the array each time.
            var chunks = new Chunk[index < _chunks.Length ? _chunks.Length : index + 1 + (index / 4)];
            _chunks.CopyTo(chunks, 0);
            _chunks = chunks;
            _chunksAreShared = false;
        }
        ref Chunk chunk = ref _chunks[index];
        if (chunk is null || chunk.Epoch != _epoch)
        {
            chunk = new Chunk(_epoch, chunk is null ? new MetricGroup?[ChunkGroups] : [.. chunk.Groups]);
        }
        chunk.Groups[place % ChunkGroups] = group;
        group?.Epoch = _epoch;
    }

    /// <param name="Epoch">A chunk of an earlier epoch is shared with a snapshot.</param>
    internal sealed record Chunk(int Epoch, MetricGroup?[] Groups);
}
