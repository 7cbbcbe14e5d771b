namespace PushGateway.Core.Store;

/// <summary>Counts series by their hashes.</summary>
/// <remarks>
/// In many small sets, so that growing one never holds up the store for long. A series that is there more than once,
/// which only unchecked pushes bring about, is counted beside.
/// </remarks>
internal sealed class SeriesSet
{
    private const int Shards = 1024;

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

    /// <summary>How often each is there, in no order.</summary>
    public IEnumerable<(UInt128 Series, int Times)> Counts() =>
        _shards.SelectMany(shard => shard.All).Select(series => (series, 1 + _repeated.GetValueOrDefault(series)));

    /// <summary>Adds one. False if it was there already.</summary>
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

    /// <summary>Makes room for about so many in all.</summary>
    public void Reserve(int series)
    {
        // They are not spread quite evenly: with a tenth more, few of the small sets grow again.
        int each = (series / Shards) + (series / Shards / 10);
        foreach (SeriesHashTable shard in _shards)
        {
            shard.Reserve(each);
        }
    }

    /// <summary>Removes one that is there.</summary>
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
