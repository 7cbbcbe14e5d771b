namespace PushGateway.Core.Persistence.Disk;

/// <summary>
/// A folder on a real disk that stays as it is: what is renamed or deleted is so in memory only. A <c>FileRecovery</c>
/// finds in it what it would find at a start.
/// </summary>
/// <remarks>No file is locked, and a lock is no hindrance: a gateway may be at work in the folder.</remarks>
/// <param name="path">A folder that exists.</param>
public sealed class ReadOnlyFolder(string path) : DurableFolder
{
    /// <summary>The files by their present names, and what each is called on the disk.</summary>
    private readonly Dictionary<string, string> _names = DiskError.Guard(() =>
        Directory.EnumerateFiles(path).Select(file => System.IO.Path.GetFileName(file)).ToDictionary(name => name));

    public override string Path { get; } = System.IO.Path.GetFullPath(path);

    public override IReadOnlyList<string> List() => [.. _names.Keys];

    public override DurableFile Create(string name) => throw new IOException($"{name} cannot be made: nothing is written");

    public override DurableFile? TryOpen(string name)
    {
        if (!_names.TryGetValue(name, out string? onDisk))
        {
            return Directory.Exists(Place(name)) ? throw new IOException($"{Place(name)} is a folder") : null;
        }
        FileStream file = DiskError.Guard(() => Open(Place(onDisk)));
        if (!file.CanSeek)
        {
            file.Dispose();
            throw new IOException($"{Place(onDisk)} is a device or a pipe");
        }
        return new DiskFile(file);
    }

    public override void Rename(string name, string newName)
    {
        if (!_names.Remove(name, out string? onDisk))
        {
            throw new IOException($"there is no {name} to rename");
        }
        _names[newName] = onDisk;
    }

    public override void Delete(string name) => _names.Remove(name);

    /// <summary>Nothing was written.</summary>
    public override void Sync()
    {
    }

    private static FileStream Open(string place) => OperatingSystem.IsLinux()
        ? new FileStream(LinuxFiles.Open(place), FileAccess.Read, bufferSize: 0)
        : new FileStream(place, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private string Place(string name) => System.IO.Path.Combine(Path, name);
}
