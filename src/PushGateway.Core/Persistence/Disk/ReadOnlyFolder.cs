namespace PushGateway.Core.Persistence.Disk;

/// <summary>
/// A view of a folder on a real disk that renames and deletes only in memory. A <c>FileRecovery</c> on it reports the
/// same findings as at startup.
/// </summary>
/// <remarks>Neither takes nor respects file locks: a gateway may be using the folder.</remarks>
/// <param name="path">An existing folder.</param>
public sealed class ReadOnlyFolder(string path) : DurableFolder
{
    /// <summary>Maps current names to the names on disk.</summary>
    private readonly Dictionary<string, string> _names = DiskError.Guard(() =>
        Directory.EnumerateFiles(path).Select(file => System.IO.Path.GetFileName(file)).ToDictionary(name => name));

    public override string Path { get; } = System.IO.Path.GetFullPath(path);

    public override IReadOnlyList<string> List() => [.. _names.Keys];

    public override DurableFile Create(string name) =>
        throw new IOException($"cannot create {name}: the directory is opened read-only");

    public override DurableFile? TryOpen(string name)
    {
        if (!_names.TryGetValue(name, out string? onDisk))
        {
            return Directory.Exists(PathOf(name)) ? throw new IOException($"{PathOf(name)} is a directory") : null;
        }
        DiskFolder.ThrowIfPipe(PathOf(onDisk));
        return new DiskFile(DiskError.Guard(() => OpenShared(PathOf(onDisk))));
    }

    public override void Rename(string name, string newName)
    {
        if (!_names.Remove(name, out string? onDisk))
        {
            throw new IOException($"cannot rename {name}: it does not exist");
        }
        _names[newName] = onDisk;
    }

    public override void Delete(string name) => _names.Remove(name);

    public override void Sync()
    {
    }

    private static FileStream OpenShared(string path) => OperatingSystem.IsLinux()
        ? new FileStream(LinuxFiles.Open(path), FileAccess.Read, bufferSize: 0)
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private string PathOf(string name) => System.IO.Path.Combine(Path, name);
}
