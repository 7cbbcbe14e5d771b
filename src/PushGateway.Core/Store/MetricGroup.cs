using PushGateway.Core.Store.Rendering;

namespace PushGateway.Core.Store;

/// <summary>The families under one grouping key. Immutable: a push replaces it.</summary>
public class MetricGroup
{
    private readonly StoredFamily[] _families;
    private readonly byte[] _ownBlock;
    private int _pins;

    /// <param name="families">Sorted by name, each name once.</param>
    /// <param name="heldBytes">See <see cref="RetainedBytes"/>.</param>
    /// <param name="ownBlock">Lines that no older group shares, even if it shares families with this group.</param>
    internal MetricGroup(GroupingKey key, StoredFamily[] families, long heldBytes, byte[] ownBlock)
    {
        Key = key;
        _families = families;
        RetainedBytes = heldBytes;
        _ownBlock = ownBlock;
    }

    public GroupingKey Key { get; }

    /// <summary>What the last accepted push specified for the group, and how it was merged; null for nothing.</summary>
    public GroupTerms? Terms { get; init; }

    /// <summary>
    /// The time of the last accepted push in nanoseconds since 1970, or of the first rejected one if none was accepted.
    /// </summary>
    public long LastPushedAt => Find(PushTimestamps.Success)?.PushedAt ?? LatestOf(_families);

    /// <summary>Sorted by name, push timestamps included.</summary>
    public ReadOnlySpan<StoredFamily> Families => _families;

    /// <summary>The same array. Do not change it.</summary>
    internal StoredFamily[] FamilyArray => _families;

    /// <summary>Whether the last push was accepted, by the push timestamps as scrapes show them.</summary>
    public bool LastPushSucceeded => PushTimestamps.Read(this, PushTimestamps.Success) > PushTimestamps.Read(this, PushTimestamps.Failure);

    /// <summary>
    /// Whether the last push was accepted. Unlike the push timestamps, this includes bodies that could not be parsed, which a
    /// restart forgets.
    /// </summary>
    public bool IsOk => LastRejection is null && LastPushSucceeded;

    /// <summary>The last push, if it was rejected. A restart forgets it.</summary>
    public virtual RejectedPush? LastRejection => null;

    /// <summary>
    /// Maximum bytes of lines that its families keep alive, including lines of former families in the same arrays.
    /// </summary>
    internal long RetainedBytes { get; }

    /// <summary>The table's epoch when the group was added: no older snapshot has it.</summary>
    internal int Epoch { get; set; }

    /// <summary>Whether somebody reads its arrays outside the store's lock.</summary>
    internal bool IsPinned => Volatile.Read(ref _pins) > 0;

    /// <summary>Prevents reuse of its arrays. Call it under the store's lock.</summary>
    internal void Pin() => Interlocked.Increment(ref _pins);

    /// <summary>Ends a <see cref="Pin"/>, with or without the lock.</summary>
    internal void Unpin() => Interlocked.Decrement(ref _pins);

    /// <summary>Pins it permanently if the other group, which has the same arrays, is pinned.</summary>
    internal void CopyPins(MetricGroup other) => _pins = Volatile.Read(ref other._pins);

    /// <summary>
    /// Hands its arrays to later pushes, except those that its successor uses. Only for a group that no reader can
    /// reach.
    /// </summary>
    internal void RecycleInto(MetricGroup successor)
    {
        // Other blocks came from older groups, which snapshots may still hold.
        if (!Array.Exists(successor._families, family => ReferenceEquals(family.Block, _ownBlock)))
        {
            PushBufferCache.Return(_ownBlock);
        }
        PushBufferCache.Return(_families);
    }

    /// <summary>The same group, in the same arrays, after a rejected push.</summary>
    internal MetricGroup WithRejection(RejectedPush rejection) =>
        new RejectedGroup(Key, _families, RetainedBytes, _ownBlock, rejection) { Terms = Terms };

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

    private static long LatestOf(ReadOnlySpan<StoredFamily> families)
    {
        long latest = 0;
        foreach (ref readonly StoredFamily family in families)
        {
            latest = Math.Max(latest, family.PushedAt);
        }
        return latest;
    }
}

/// <summary>Why and when the last push to a group was rejected.</summary>
/// <param name="At">Nanoseconds since 1970.</param>
public sealed record RejectedPush(string Message, long At)
{
    /// <summary>Maximum characters of a message: errors can quote the whole body.</summary>
    public const int MaxLength = 1024;

    private const int EndLength = MaxLength / 4;

    /// <summary>The reason in fields; null if no details are known.</summary>
    public RejectionCause? Cause { get; init; }

    /// <summary>With message and hint cut to <see cref="MaxLength"/> each.</summary>
    internal static RejectedPush Of(string message, RejectionCause cause, long at)
    {
        RejectionCause bounded = cause.Bounded();
        return new RejectedPush(PushError.WithHint(Abridge(message), bounded.Hint), at) { Cause = bounded };
    }

    /// <summary>
    /// Cuts a longer message in its middle, since messages end with the reason, after they quote the push.
    /// </summary>
    public static string Abridge(string message)
    {
        if (message.Length <= MaxLength)
        {
            return message;
        }
        int end = message.Length - EndLength;
        end += char.IsLowSurrogate(message[end]) ? 1 : 0;
        return Cut(message, MaxLength - EndLength) + message[end..];
    }

    /// <summary>Cuts a longer text with an ellipsis, so that the original can be released from memory.</summary>
    public static string Cut(string text) => Cut(text, MaxLength);

    private static string Cut(string text, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }
        int length = char.IsHighSurrogate(text[max - 1]) ? max - 1 : max;
        return text[..length] + "…";
    }
}

/// <summary>A group whose last push was rejected. The next accepted push makes a plain group.</summary>
internal sealed class RejectedGroup(
    GroupingKey key, StoredFamily[] families, long heldBytes, byte[] ownBlock, RejectedPush rejection)
    : MetricGroup(key, families, heldBytes, ownBlock)
{
    public override RejectedPush LastRejection => rejection;
}
