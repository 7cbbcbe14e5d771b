namespace PushGateway.Core.Persistence.Disk;

/// <summary>
/// An open file of a <see cref="DurableFolder"/>. What was written is durable after <see cref="Sync"/>.
/// </summary>
public abstract class DurableFile : IDisposable
{
    public abstract long Length { get; }

    /// <summary>Reads as many bytes as there are, at most the buffer's; 0 at the end.</summary>
    public abstract int Read(Span<byte> buffer, long offset);

    /// <summary>
    /// Writes the buffers one after the other. After an error any part of them may have been written.
    /// </summary>
    public abstract void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset);

    public abstract void Truncate(long length);

    /// <summary>
    /// Makes the content durable. After an error nothing that was written since the last success can be trusted, not
    /// even if the next call succeeds.
    /// </summary>
    public abstract void Sync();

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    protected abstract void Close();
}
