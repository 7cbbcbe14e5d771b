using PushGateway.Core.Store.Rendering;

namespace PushGateway.Core.Store;

/// <summary>The families under one grouping key. Immutable: a push makes a new one.</summary>
public class MetricGroup
{
    private readonly StoredFamily[] _families;
    private readonly byte[] _ownBlock;

    /// <param name="families">Sorted by name, no name twice.</param>
    /// <param name="heldBytes">See <see cref="RetainedBytes"/>.</param>
    /// <param name="ownBlock">Lines that no older group has, even if it has families in common with this one.</param>
    internal MetricGroup(GroupingKey key, StoredFamily[] families, long heldBytes, byte[] ownBlock)
    {
        Key = key;
        _families = families;
        RetainedBytes = heldBytes;
        _ownBlock = ownBlock;
    }

    public GroupingKey Key { get; }

    /// <summary>Sorted by name; the push times are among them.</summary>
    public ReadOnlySpan<StoredFamily> Families => _families;

    /// <summary>The same, not to be changed.</summary>
    internal StoredFamily[] FamilyArray => _families;

    /// <summary>Whether the last push was not refused, by the push times as they are shown.</summary>
    public bool LastPushSucceeded => PushTimestamps.Read(this, PushTimestamps.Success) > PushTimestamps.Read(this, PushTimestamps.Failure);

    /// <summary>The last push, if it was refused since the gateway runs. Not kept over a restart.</summary>
    public virtual RejectedPush? LastRefusal => null;

    /// <summary>
    /// How many bytes of lines its families keep alive, at most: with those of families that have gone, but share an
    /// array with some that have not.
    /// </summary>
    internal long RetainedBytes { get; }

    /// <summary>The table's epoch in which the group was put there: no older snapshot has it.</summary>
    internal int Epoch { get; set; }

    /// <summary>
    /// Leaves its arrays to later pushes, but for those that its successor has taken over. Only for a group that nobody
    /// can read any more.
    /// </summary>
    internal void RecycleInto(MetricGroup successor)
    {
        // What lies in other blocks came from older groups, which snapshots may have.
        if (!Array.Exists(successor._families, family => ReferenceEquals(family.Block, _ownBlock)))
        {
            PushBufferCache.Return(_ownBlock);
        }
        PushBufferCache.Return(_families);
    }

    /// <summary>The same group, in the same arrays, after a push that was refused.</summary>
    internal MetricGroup WithRefusal(RejectedPush refusal) =>
        new RefusedGroup(Key, _families, RetainedBytes, _ownBlock, refusal);

    /// <summary>The family of that name, or null.</summary>
    public StoredFamily? Find(Utf8String name)
    {
        int low = 0;
        int high = _families.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int order = _families[middle].Name.CompareTo(name);
            if (order == 0)
            {
                return _families[middle];
            }
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return null;
    }
}

/// <summary>A push that was refused, while it is the last one to its group: why, and when.</summary>
/// <param name="At">Nanoseconds since 1970.</param>
public sealed record RejectedPush(string Message, long At)
{
    /// <summary>Enough to say what is wrong; errors can quote all that was pushed.</summary>
    public const int MaxLength = 1024;

    /// <summary>With so much of the message as is worth keeping for each group.</summary>
    internal static RejectedPush Of(string message, long at)
    {
        if (message.Length <= MaxLength)
        {
            return new RejectedPush(message, at);
        }
        int length = char.IsHighSurrogate(message[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return new RejectedPush(message[..length] + "…", at);
    }
}

/// <summary>A group whose last push was refused. The next one that is taken makes a plain group of it.</summary>
internal sealed class RefusedGroup(
    GroupingKey key, StoredFamily[] families, long heldBytes, byte[] ownBlock, RejectedPush refusal)
    : MetricGroup(key, families, heldBytes, ownBlock)
{
    public override RejectedPush LastRefusal => refusal;
}
