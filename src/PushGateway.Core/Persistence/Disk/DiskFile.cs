using Microsoft.Win32.SafeHandles;

namespace PushGateway.Core.Persistence.Disk;

/// <summary>A file on a real disk, without buffering.</summary>
internal sealed class DiskFile(FileStream stream) : DurableFile
{
    // Read once: each read of the property makes the stream look up its position.
    private readonly SafeFileHandle _handle = stream.SafeFileHandle;

    // The intended path. If the file is elsewhere, somebody moved or deleted it, perhaps while it was being opened here.
    private readonly string? _path = LinuxFiles.RealPath(stream.Name);

    public override long Length => DiskError.Guard(() => RandomAccess.GetLength(_handle));

    /// <remarks>Costs microseconds.</remarks>
    public override bool IsInPlace => PathOf(_handle) is not { } path || path == _path;

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
    /// On Linux calls fdatasync, which also persists a changed length. <see cref="RandomAccess.FlushToDisk"/> ignores
    /// EROFS, which a file system returns after it failed and became read-only.
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

    /// <summary>
    /// The current path of the file, followed by <c> (deleted)</c> if it was deleted. Null if the system does not report it.
    /// </summary>
    private static string? PathOf(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }
        try
        {
            string link = $"/proc/self/fd/{handle.DangerousGetHandle()}";
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without /proc.
            return null;
        }
    }

    protected override void Close() => stream.Dispose();
}
