namespace PushGateway.Core.Persistence.Gob;

/// <summary>A stream that is told where the groups of the persistence file are that is written to it.</summary>
internal abstract class GroupStream : Stream
{
    /// <param name="offset">From the start of the stream.</param>
    public abstract void BeginGroups(long offset);

    /// <summary>A group ends, and another one or the content's end follows.</summary>
    /// <param name="offset">From the start of the stream.</param>
    public abstract void EndGroup(long offset);
}
