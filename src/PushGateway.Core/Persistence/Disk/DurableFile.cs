namespace PushGateway.Core.Persistence.Disk;

/// <summary>An open file of a <see cref="DurableFolder"/>. Writes are durable after <see cref="Sync"/>.</summary>
public abstract class DurableFile : IDisposable
{
    public abstract long Length { get; }

    /// <summary>
    /// Whether the file still has the name that it was created with: nobody deleted, renamed or replaced it or a folder
    /// above it. True where the system cannot tell.
    /// </summary>
    public virtual bool IsInPlace => true;

    /// <summary>Reads up to the size of the buffer; returns 0 at the end of the file.</summary>
    public abstract int Read(Span<byte> buffer, long offset);

    /// <summary>Writes the buffers in order. After an error, any part of them may have been written.</summary>
    public abstract void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset);

    public abstract void Truncate(long length);

    /// <summary>
    /// Makes the content durable. After an error, everything written since the last success is suspect, even if the
    /// next call succeeds.
    /// </summary>
    public abstract void Sync();

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    protected abstract void Close();
}
