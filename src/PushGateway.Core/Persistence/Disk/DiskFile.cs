using Microsoft.Win32.SafeHandles;

namespace PushGateway.Core.Persistence.Disk;

/// <summary>A file on a real disk, written without buffers in between.</summary>
internal sealed class DiskFile(FileStream stream) : DurableFile
{
    // Taken once: asking the stream again would look up its position each time.
    private readonly SafeFileHandle _handle = stream.SafeFileHandle;

    public override long Length => DiskError.Guard(() => RandomAccess.GetLength(_handle));

    public override int Read(Span<byte> buffer, long offset)
    {
        try
        {
            return RandomAccess.Read(_handle, buffer, offset);
        }
        catch (Exception e) when (DiskError.Explain(e) is { } error)
        {
            throw error;
        }
    }

    public override void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset) =>
        DiskError.Guard(() => RandomAccess.Write(_handle, buffers, offset));

    public override void Truncate(long length) => DiskError.Guard(() => RandomAccess.SetLength(_handle, length));

    /// <remarks>
    /// On Linux by fdatasync itself, which also makes a changed length durable: <see cref="RandomAccess.FlushToDisk"/>
    /// keeps EROFS to itself, which is what a file system that has failed and gone read-only answers.
    /// </remarks>
    public override void Sync()
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxFiles.Sync(_handle);
        }
        else
        {
            DiskError.Guard(() => RandomAccess.FlushToDisk(_handle));
        }
    }

    protected override void Close() => stream.Dispose();
}
