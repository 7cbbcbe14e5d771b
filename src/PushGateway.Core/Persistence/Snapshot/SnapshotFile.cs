using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>
/// The persistence file. Each write replaces it atomically. Not for concurrent writers.
/// </summary>
public sealed class SnapshotFile
{
    private readonly DurableFolder _folder;
    private readonly FileNames _files;

    /// <summary>The name to rename the damaged current file to; null if it is intact.</summary>
    private string? _preserveAs;

    internal SnapshotFile(DurableFolder folder, FileNames files, string? preserveAs)
    {
        _folder = folder;
        _files = files;
        _preserveAs = preserveAs;
    }

    /// <summary>Replaces the current snapshot. The new one is durable on return.</summary>
    /// <param name="content">
    /// Writes the content in the Go Pushgateway's format. An exception leaves the current snapshot unchanged.
    /// </param>
    /// <param name="keys">The idempotency keys of the pushes in the content; null for none.</param>
    /// <returns>The size of the file, in bytes.</returns>
    /// <exception cref="IOException">
    /// The disk failed. If syncing the folder failed, either snapshot may remain; both are complete, and consistent
    /// with the journal.
    /// </exception>
    public long Write(CheckpointId coverage, Action<Stream> content, IReadOnlyList<RememberedKey>? keys = null)
    {
        _folder.Delete(_files.UnfinishedSnapshot);
        long length;
        using (DurableFile file = _folder.Create(_files.UnfinishedSnapshot))
        {
            try
            {
                length = Fill(file, coverage, content, keys ?? []);
            }
            catch
            {
                DeletePartialFile();
                throw;
            }
        }
        if (_preserveAs is { } newName && _folder.List().Contains(_files.Snapshot))
        {
            _folder.Rename(_files.Snapshot, newName);
            _folder.Sync();
        }
        _preserveAs = null;
        _folder.Rename(_files.UnfinishedSnapshot, _files.Snapshot);
        _folder.Sync();
        return length;
    }

    private static long Fill(
        DurableFile file, CheckpointId coverage, Action<Stream> content, IReadOnlyList<RememberedKey> keys)
    {
        using var output = new SnapshotOutput(file);
        content(output);
        long length = output.Finish(coverage, keys);
        file.Sync();
        return length;
    }

    // Frees the space, since a full disk may be the cause.
    private void DeletePartialFile()
    {
        try
        {
            _folder.Delete(_files.UnfinishedSnapshot);
        }
        catch (IOException)
        {
            // The next attempt deletes it.
        }
    }
}
