using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Core.Tests.Persistence.Disk;

/// <summary>A folder on a real disk, with something done before each of its changes.</summary>
internal sealed class WatchedFolder(DiskFolder folder) : DurableFolder
{
    public Action Before { get; set; } = () => { };

    public override string Path => folder.Path;

    public override IReadOnlyList<string> List() => folder.List();

    public override DurableFile Create(string name)
    {
        Before();
        return folder.Create(name);
    }

    public override DurableFile? TryOpen(string name) => folder.TryOpen(name);

    public override void Rename(string name, string newName)
    {
        Before();
        folder.Rename(name, newName);
    }

    public override void Delete(string name)
    {
        Before();
        folder.Delete(name);
    }

    public override void Sync()
    {
        Before();
        folder.Sync();
    }
}
