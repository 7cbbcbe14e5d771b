namespace PushGateway.Core.Persistence.Disk;

/// <summary>A folder in which nothing changes without a lock.</summary>
/// <param name="fileLock">Acquired before each change, unless it is held. Not owned.</param>
public sealed class LockedFolder(DurableFolder folder, FileLock fileLock) : DurableFolder
{
    public override string Path => folder.Path;

    public override long? FreeBytes => folder.FreeBytes;

    public override IReadOnlyList<string> List() => folder.List();

    public override DurableFile Create(string name)
    {
        fileLock.Take();
        return folder.Create(name);
    }

    public override DurableFile? TryOpen(string name) => folder.TryOpen(name);

    public override void Rename(string name, string newName)
    {
        fileLock.Take();
        folder.Rename(name, newName);
    }

    public override void Delete(string name)
    {
        fileLock.Take();
        folder.Delete(name);
    }

    public override void Sync() => folder.Sync();
}
