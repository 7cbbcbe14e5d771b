namespace PushGateway.Core.Store.Consistency;

/// <summary>Counts series by their hashes.</summary>
/// <remarks>
/// Consists of many small sets, so that growing one never blocks the store for long. Counts repeated series, which only
/// unchecked pushes cause, separately.
/// </remarks>
internal sealed class SeriesSet
{
    private const int Shards = 1024;

    /// <summary>From this size on, the garbage of growing step by step matters: four times the memory of the set.</summary>
    private const int ManySeries = 64 * 1024;

    private readonly SeriesHashTable[] _shards = new SeriesHashTable[Shards];
    private readonly Dictionary<UInt128, int> _repeated = [];

    public SeriesSet()
    {
        for (int i = 0; i < Shards; i++)
        {
            _shards[i] = new SeriesHashTable();
        }
    }

    public int Count { get; private set; }

    /// <summary>How often the set contains each series, unordered.</summary>
    public IEnumerable<(UInt128 Series, int Times)> Counts() =>
        _shards.SelectMany(shard => shard.All).Select(series => (series, 1 + _repeated.GetValueOrDefault(series)));

    /// <summary>Adds a series. False if the set contained it already.</summary>
    public bool Add(UInt128 series)
    {
        Count++;
        if (Shard(series).Add(series))
        {
            return true;
        }
        _repeated[series] = _repeated.GetValueOrDefault(series) + 1;
        return false;
    }

    /// <summary>Reserves memory for about this many series in total.</summary>
    public void Reserve(int series)
    {
        // Hashes are not spread quite evenly. With a tenth more memory, few of the small sets grow again.
        int each = (series / Shards) + (series / Shards / 10);
        foreach (SeriesHashTable shard in _shards)
        {
            shard.Reserve(each);
        }
    }

    /// <summary>Reserves memory for many more series at once. For a few, sets grow on their own.</summary>
    public void ReserveForMore(int series)
    {
        if (series >= ManySeries && series >= Count / 4)
        {
            Reserve(Count + series);
        }
    }

    /// <summary>Removes a series that the set contains.</summary>
    public void Remove(UInt128 series)
    {
        Count--;
        if (!_repeated.TryGetValue(series, out int more))
        {
            Shard(series).Remove(series);
        }
        else if (more == 1)
        {
            _repeated.Remove(series);
        }
        else
        {
            _repeated[series] = more - 1;
        }
    }

    /// <summary>Releases the memory of many removed series that will not be added again soon.</summary>
    /// <param name="removed">The number of removed series.</param>
    public void TrimAfter(int removed)
    {
        if (removed >= ManySeries)
        {
            Array.ForEach(_shards, shard => shard.Trim());
        }
    }

    public void Clear()
    {
        Count = 0;
        _repeated.Clear();
        foreach (SeriesHashTable shard in _shards)
        {
            shard.Clear();
        }
    }

    private SeriesHashTable Shard(UInt128 series) => _shards[(int)((ulong)series % Shards)];
}

/// <summary>A set of evenly distributed hashes: open addressing with linear probing, 16 bytes a slot.</summary>
/// <remarks>
/// HashSet&lt;UInt128&gt; needs 54 to 70 bytes an entry, this 20 to 25. A slot of 0 is empty; the hash 0 is stored as
/// 1.
/// </remarks>
internal sealed class SeriesHashTable
{
    private const int FirstSlots = 8;

    private UInt128[] _slots = [];

    public int Count { get; private set; }

    /// <summary>All hashes, unordered.</summary>
    public IEnumerable<UInt128> All => _slots.Where(slot => slot != UInt128.Zero);

    /// <summary>Adds a hash. False if the table contained it already.</summary>
    public bool Add(UInt128 hash)
    {
        hash = UInt128.Max(hash, UInt128.One);
        if (5 * (Count + 1) > 4 * _slots.Length)
        {
            // Grow by a quarter, so that two thirds of the slots are in use: memory matters more than copying.
            Grow(Math.Max(FirstSlots, _slots.Length + (_slots.Length / 4)));
        }
        int slot = Find(hash);
        if (_slots[slot] == hash)
        {
            return false;
        }
        _slots[slot] = hash;
        Count++;
        return true;
    }

    /// <summary>Reserves memory for this many hashes in total.</summary>
    public void Reserve(int count)
    {
        int slots = (5 * count / 4) + 1;
        if (slots > _slots.Length)
        {
            Grow(slots);
        }
    }

    /// <summary>Shrinks the table if it has twice the slots that it needs.</summary>
    public void Trim()
    {
        int slots = Math.Max((5 * Count / 4) + 1, FirstSlots);
        if (_slots.Length > 2 * slots)
        {
            Grow(slots);
        }
    }

    public bool Contains(UInt128 hash)
    {
        hash = UInt128.Max(hash, UInt128.One);
        return Count > 0 && _slots[Find(hash)] == hash;
    }

    /// <summary>Removes a hash. False if the table did not contain it.</summary>
    public bool Remove(UInt128 hash)
    {
        hash = UInt128.Max(hash, UInt128.One);
        if (Count == 0)
        {
            return false;
        }
        int slot = Find(hash);
        if (_slots[slot] != hash)
        {
            return false;
        }
        CloseGap(slot);
        Count--;
        return true;
    }

    public void Clear()
    {
        _slots = [];
        Count = 0;
    }

    /// <summary>The slot that contains a hash, or the empty slot where it belongs.</summary>
    private int Find(UInt128 hash)
    {
        int slot = HomeOf(hash);
        while (_slots[slot] != UInt128.Zero && _slots[slot] != hash)
        {
            slot = Next(slot);
        }
        return slot;
    }

    /// <summary>Empties a slot and moves up the hashes that follow it only because it was occupied.</summary>
    private void CloseGap(int gap)
    {
        for (int slot = Next(gap); _slots[slot] != UInt128.Zero; slot = Next(slot))
        {
            int fromHome = Distance(HomeOf(_slots[slot]), slot);
            if (fromHome >= Distance(gap, slot))
            {
                _slots[gap] = _slots[slot];
                gap = slot;
            }
        }
        _slots[gap] = UInt128.Zero;
    }

    private void Grow(int slots)
    {
        UInt128[] old = _slots;
        _slots = new UInt128[slots];
        foreach (UInt128 hash in old)
        {
            if (hash != UInt128.Zero)
            {
                _slots[Find(hash)] = hash;
            }
        }
    }

    /// <summary>The preferred slot of a hash: its upper half, as a fraction of all slots.</summary>
    private int HomeOf(UInt128 hash) => (int)Math.BigMul((ulong)(hash >> 64), (ulong)_slots.Length, out _);

    private int Next(int slot) => slot + 1 == _slots.Length ? 0 : slot + 1;

    private int Distance(int from, int to) => to >= from ? to - from : to - from + _slots.Length;
}
