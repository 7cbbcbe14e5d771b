using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>
/// The persistence file, to be written anew: whole or not at all, whatever happens meanwhile. Not for two writers at a
/// time.
/// </summary>
public sealed class SnapshotFile
{
    private readonly DurableFolder _folder;
    private readonly FileNames _files;

    /// <summary>The name to keep the present file under, since it is damaged.</summary>
    private string? _presentPreservedAs;

    internal SnapshotFile(DurableFolder folder, FileNames files, string? presentKeptAs)
    {
        _folder = folder;
        _files = files;
        _presentPreservedAs = presentKeptAs;
    }

    /// <summary>Writes a snapshot that is durable on return, in place of the present one.</summary>
    /// <param name="content">
    /// Writes what the Go Pushgateway reads. What it throws leaves the present snapshot as it is.
    /// </param>
    /// <returns>The size of the file, in bytes.</returns>
    /// <exception cref="IOException">
    /// The disk fails. Which of the two snapshots is there then is uncertain only if it was the folder that could not
    /// be synced; both are whole, and good with the journal as it is.
    /// </exception>
    public long Write(CheckpointId coverage, Action<Stream> content)
    {
        _folder.Delete(_files.Unfinished);
        long length;
        using (DurableFile file = _folder.Create(_files.Unfinished))
        {
            try
            {
                length = Fill(file, coverage, content);
            }
            catch
            {
                DeletePartialFile();
                throw;
            }
        }
        if (_presentPreservedAs is { } kept)
        {
            _folder.Rename(_files.Snapshot, kept);
            _folder.Sync();
            _presentPreservedAs = null;
        }
        _folder.Rename(_files.Unfinished, _files.Snapshot);
        _folder.Sync();
        return length;
    }

    private static long Fill(DurableFile file, CheckpointId coverage, Action<Stream> content)
    {
        using var output = new SnapshotOutput(file);
        content(output);
        output.Finish(coverage);
        file.Sync();
        return output.Length + SnapshotTrailer.Bytes;
    }

    /// <summary>Frees the space, which may be what there was too little of.</summary>
    private void DeletePartialFile()
    {
        try
        {
            _folder.Delete(_files.Unfinished);
        }
        catch (IOException)
        {
            // The next attempt deletes it.
        }
    }
}
