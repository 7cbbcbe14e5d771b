namespace PushGateway.Core.Persistence.Gob;

/// <summary>A stream that learns the positions of the groups while a persistence file is written to it.</summary>
internal abstract class GroupStream : Stream
{
    /// <param name="offset">From the start of the stream.</param>
    public abstract void BeginGroups(long offset);

    /// <summary>A group ends. Another one or the end of the content follows.</summary>
    /// <param name="offset">From the start of the stream.</param>
    public abstract void EndGroup(long offset);
}
