using System.Net;

namespace PushGateway.Http.Push;

/// <summary>A push of the past, accepted or not.</summary>
/// <param name="At">When it was answered, in nanoseconds since 1970.</param>
/// <param name="Reason">Null if it was accepted.</param>
/// <param name="Size">What was pushed, as far as it was read.</param>
/// <param name="Address">Null on a unix socket.</param>
internal readonly record struct PastPush(
    long At, string Method, int Status, string? Reason, PushSize Size, TimeSpan Duration, IPAddress? Address, int Port);

/// <summary>
/// The last pushes to each group, in memory. All groups share a maximum of bytes, beyond which the oldest pushes are forgotten. A
/// group that is deleted keeps its history, which shows again once it is pushed to. Thread-safe.
/// </summary>
/// <remarks>A push takes 0.2 µs and, once there are many, no new memory.</remarks>
/// <param name="maxBytes">About that much, and somewhat more than is needed.</param>
internal sealed class GroupHistory(long maxBytes)
{
    public const int MaxPerGroup = 20;

    /// <summary>20 pushes for 2,500 groups, or 4 for 10,000.</summary>
    public const long DefaultMaxBytes = 8 << 20;

    /// <summary>Of a push without its reason.</summary>
    private const int PushBytes = 160;
    private const int GroupBytes = 120;

    private readonly Lock _lock = new();

    /// <summary>By the hashes of their keys: a key may be long.</summary>
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

    /// <summary>The pushes to a group, newest first; empty for an unknown one.</summary>
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

    /// <summary>Of all groups.</summary>
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

    /// <summary>Returns what the group then has.</summary>
    private PushesOfGroup ForgetOldest(PushesOfGroup group)
    {
        int next = _pushes.NewerInGroup(group.Oldest);
        _bytes -= BytesOf(group.Oldest);
        _pushes.Remove(group.Oldest);
        return group with { Oldest = next, Count = group.Count - 1 };
    }

    private long BytesOf(int slot) => PushBytes + (sizeof(char) * _pushes.ReasonLengthOf(slot));

    /// <param name="Oldest">Its slot.</param>
    /// <param name="Newest">Its slot.</param>
    private readonly record struct PushesOfGroup(int Oldest, int Newest, int Count);
}
