namespace PushGateway.Core.Store;

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
