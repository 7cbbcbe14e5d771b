using System.Net;

namespace PushGateway.Http.Push;

/// <summary>A past push, accepted or rejected.</summary>
/// <param name="At">The time of the response, in nanoseconds since 1970.</param>
/// <param name="Reason">Null if it was accepted.</param>
/// <param name="Size">The size of the push, as far as it was read.</param>
/// <param name="Address">Null on a unix socket.</param>
internal readonly record struct PastPush(
    long At, string Method, int Status, string? Reason, PushSize Size, TimeSpan Duration, IPAddress? Address, int Port);

/// <summary>
/// The last pushes to each group, in memory. All groups share a maximum of bytes, beyond which the oldest pushes are forgotten.
/// The history of a deleted group remains, and is shown after the next push to it. Thread-safe.
/// </summary>
/// <remarks>A push takes 0.2 µs. When the maximum is reached, it needs no new memory.</remarks>
/// <param name="maxBytes">The approximate maximum. The estimate of a push is slightly too large.</param>
internal sealed class GroupHistory(long maxBytes)
{
    public const int MaxPerGroup = 20;

    /// <summary>Enough for 20 pushes to each of 2,500 groups, or 4 to each of 10,000.</summary>
    public const long DefaultMaxBytes = 8 << 20;

    /// <summary>The size of a push without its reason.</summary>
    private const int PushBytes = 160;
    private const int GroupBytes = 120;

    private readonly Lock _lock = new();

    /// <summary>Groups by the hashes of their keys, since a key may be long.</summary>
    private readonly Dictionary<UInt128, PushesOfGroup> _groups = [];

    private readonly RememberedPushes _pushes = new();

    private long _bytes;

    public void Add(GroupingKey key, in PastPush push)
    {
        UInt128 hash = SeriesHash.OfLabels(key.Labels);
        lock (_lock)
        {
            if (_groups.TryGetValue(hash, out PushesOfGroup group) && group.Count == MaxPerGroup)
            {
                group = ForgetOldest(group);
            }
            int added = _pushes.Add(push, hash, group.Count == 0 ? RememberedPushes.None : group.Newest);
            _bytes += BytesOf(added) + (group.Count == 0 ? GroupBytes : 0);
            _groups[hash] = new PushesOfGroup(group.Count == 0 ? added : group.Oldest, added, group.Count + 1);
            while (_bytes > maxBytes)
            {
                ForgetOldest();
            }
        }
    }

    /// <summary>The pushes to a group, newest first; empty for an unknown group.</summary>
    public PastPush[] Read(GroupingKey key)
    {
        UInt128 hash = SeriesHash.OfLabels(key.Labels);
        lock (_lock)
        {
            var pushes = new PastPush[_groups.TryGetValue(hash, out PushesOfGroup group) ? group.Count : 0];
            int slot = group.Oldest;
            for (int place = pushes.Length - 1; place >= 0; place--)
            {
                pushes[place] = _pushes[slot];
                slot = _pushes.NewerInGroup(slot);
            }
            return pushes;
        }
    }

    /// <summary>The bytes of all groups.</summary>
    private void ForgetOldest()
    {
        UInt128 hash = _pushes.GroupOf(_pushes.Oldest);
        PushesOfGroup group = ForgetOldest(_groups[hash]);
        if (group.Count > 0)
        {
            _groups[hash] = group;
            return;
        }
        _groups.Remove(hash);
        _bytes -= GroupBytes;
    }

    /// <summary>Returns the remaining pushes of the group.</summary>
    private PushesOfGroup ForgetOldest(PushesOfGroup group)
    {
        int next = _pushes.NewerInGroup(group.Oldest);
        _bytes -= BytesOf(group.Oldest);
        _pushes.Remove(group.Oldest);
        return group with { Oldest = next, Count = group.Count - 1 };
    }

    private long BytesOf(int slot) => PushBytes + (sizeof(char) * _pushes.ReasonLengthOf(slot));

    /// <param name="Oldest">The slot of the oldest push.</param>
    /// <param name="Newest">The slot of the newest push.</param>
    private readonly record struct PushesOfGroup(int Oldest, int Newest, int Count);
}
