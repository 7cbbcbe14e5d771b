namespace PushGateway.Core.Store;

/// <summary>
/// The keys of the pushes that were accepted within the last 24 hours, up to a maximum number. The oldest are forgotten
/// first. Deletions do not forget keys, so that a late repetition does not restore a deleted group.
/// </summary>
/// <remarks>Not thread-safe. Uses the times of the pushes, whose clock may be set back.</remarks>
/// <param name="max">The maximum number of keys; 0 for none.</param>
internal sealed class IdempotencyKeys(int max)
{
    /// <summary>24 hours, in nanoseconds.</summary>
    public const long Lifetime = 24L * 60 * 60 * 1_000_000_000;

    private readonly Dictionary<UInt128, long> _times = [];

    /// <summary>In the order of the pushes. May contain a key twice if the clock was set back. The last one counts.</summary>
    private readonly Queue<RememberedKey> _queue = new();

    private long _repeats;
    private long _evictions;

    /// <summary>Whether a push with the key was accepted before. If so, counts a repetition.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    public bool Recognize(UInt128 hash, long now)
    {
        ForgetExpired(now);
        bool isKnown = Knows(hash, now);
        _repeats += isKnown ? 1 : 0;
        return isKnown;
    }

    /// <summary>Like <see cref="Recognize"/>, without counting.</summary>
    public bool Knows(UInt128 hash, long now) => _times.TryGetValue(hash, out long at) && !IsExpired(at, now);

    /// <summary>Remembers the key of an accepted push.</summary>
    public void Remember(RememberedKey key)
    {
        if (max == 0)
        {
            return;
        }
        ForgetExpired(key.At);
        while (_queue.Count >= max)
        {
            ForgetOldest();
            _evictions++;
        }
        _times[key.Hash] = key.At;
        _queue.Enqueue(key);
    }

    /// <summary>Replaces all keys by those of a file, in their order.</summary>
    public void Restore(IReadOnlyList<RememberedKey> keys)
    {
        _times.Clear();
        _queue.Clear();
        foreach (RememberedKey key in keys.Skip(Math.Max(0, keys.Count - max)))
        {
            _times[key.Hash] = key.At;
            _queue.Enqueue(key);
        }
    }

    /// <summary>All keys, in the order of their pushes.</summary>
    public RememberedKey[] ToArray() => _queue.ToArray();

    /// <param name="now">Nanoseconds since 1970.</param>
    public IdempotencyStatistics Count(long now)
    {
        ForgetExpired(now);
        return new IdempotencyStatistics(_times.Count, _repeats, _evictions);
    }

    private void ForgetExpired(long now)
    {
        while (_queue.TryPeek(out RememberedKey oldest) && IsExpired(oldest.At, now))
        {
            ForgetOldest();
        }
    }

    private void ForgetOldest()
    {
        RememberedKey oldest = _queue.Dequeue();
        if (_times.TryGetValue(oldest.Hash, out long at) && at == oldest.At)
        {
            _times.Remove(oldest.Hash);
        }
    }

    private static bool IsExpired(long at, long now) => now > at && (ulong)(now - at) >= Lifetime;
}
