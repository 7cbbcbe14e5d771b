namespace PushGateway.Core.Store.Snapshots;

/// <summary>
/// The groups that the store changes. A push to an existing group costs one look-up, whatever the number of groups;
/// only a new or removed group changes their order.
/// </summary>
/// <remarks>
/// Each group has a place, and places lie in chunks. Snapshots share the chunks. The table copies a shared chunk before
/// it changes it, so pushes between two scrapes copy each chunk at most once. Not thread-safe: the store's lock guards
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
    public MetricGroup? Find(GroupingKey key) =>
        _places.TryGetValue(key, out int place) ? _chunks[place / ChunkGroups].Groups[place % ChunkGroups] : null;

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
        if (_places.ContainsKey(key))
        {
            RemoveAll([key]);
        }
    }

    /// <summary>Removes several groups, which is faster than removing them one by one.</summary>
    public void RemoveAll(IReadOnlyCollection<GroupingKey> keys)
    {
        _families = new FamilyIndex();
        foreach (GroupingKey key in keys)
        {
            if (_places.Remove(key, out int place))
            {
                _freePlaces.Push(place);
                Write(place, null);
            }
        }
        _order.RemoveAll(keys, place => _chunks[place / ChunkGroups].Groups[place % ChunkGroups] is null);
        ForgetJobs();
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

    /// <summary>Gives up the keys of groups that are gone, if they are most that the index keeps.</summary>
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
