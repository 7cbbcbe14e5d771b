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
/// <param name="maxBytes">About that much: objects are estimated.</param>
internal sealed class GroupHistory(long maxBytes)
{
    public const int MaxPerGroup = 20;

    /// <summary>20 pushes for 2,500 groups, or 4 for 10,000.</summary>
    public const long DefaultMaxBytes = 8 << 20;

    /// <summary>Of a push without its reason, with the client's address.</summary>
    private const int PushBytes = 160;
    private const int GroupBytes = 120;

    private readonly Lock _lock = new();

    /// <summary>By the hashes of their keys: a key may be long.</summary>
    private readonly Dictionary<UInt128, PushesOfGroup> _groups = [];

    private readonly RememberedPushes _all = new();

    /// <summary>One that was forgotten, for the next push: mostly each push forgets another one.</summary>
    private RememberedPush? _spare;

    private long _bytes;

    public void Add(GroupingKey key, in PastPush push)
    {
        UInt128 hash = SeriesHash.OfLabels(key.Labels);
        lock (_lock)
        {
            PushesOfGroup group = FindOrAdd(hash);
            if (group.Count == MaxPerGroup)
            {
                Forget(group.Oldest!);
            }
            RememberedPush added = _spare ?? new RememberedPush();
            _spare = null;
            added.Push = push;
            added.Group = group;
            _all.Append(added);
            group.Append(added);
            _bytes += BytesOf(push);
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
            if (!_groups.TryGetValue(hash, out PushesOfGroup? group))
            {
                return [];
            }
            var pushes = new PastPush[group.Count];
            int place = pushes.Length;
            for (RememberedPush? push = group.Oldest; push is not null; push = push.NewerInGroup)
            {
                pushes[--place] = push.Push;
            }
            return pushes;
        }
    }

    private PushesOfGroup FindOrAdd(UInt128 hash)
    {
        if (!_groups.TryGetValue(hash, out PushesOfGroup? group))
        {
            group = new PushesOfGroup(hash);
            _groups.Add(hash, group);
            _bytes += GroupBytes;
        }
        return group;
    }

    private void ForgetOldest()
    {
        RememberedPush oldest = _all.Oldest!;
        PushesOfGroup group = oldest.Group!;
        Forget(oldest);
        if (group.Count == 0)
        {
            _groups.Remove(group.Hash);
            _bytes -= GroupBytes;
        }
    }

    /// <param name="push">The oldest of its group; the oldest of all is that.</param>
    private void Forget(RememberedPush push)
    {
        _bytes -= BytesOf(push.Push);
        push.Group!.RemoveOldest();
        _all.Remove(push);
        push.Push = default;
        push.Group = null;
        _spare = push;
    }

    private static long BytesOf(in PastPush push) => PushBytes + (sizeof(char) * (push.Reason?.Length ?? 0));
}
