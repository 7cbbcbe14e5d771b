using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Tests.Durability;

/// <summary>A folder on the disk that tells before each operation, so that a test can hold it up or make it fail.</summary>
internal sealed class WatchedFolder(string path) : DurableFolder
{
    private readonly DiskFolder _folder = new(path);

    /// <summary>Is given the operation and the file's name, <c>write store.journal</c>; what it throws goes on.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>The size of a disk that has these files alone; null for one that does not tell.</summary>
    public long? DiskBytes { get; set; }

    public override long? FreeBytes => DiskBytes - Used;

    public override string Path => _folder.Path;

    private long Used => new DirectoryInfo(Path).EnumerateFiles().Sum(file => file.Length);

    public override IReadOnlyList<string> List() => _folder.List();

    public override DurableFile Create(string name)
    {
        Before($"create {name}");
        return new WatchedFile(this, name, _folder.Create(name));
    }

    public override DurableFile? TryOpen(string name)
    {
        Before($"open {name}");
        return _folder.TryOpen(name);
    }

    public override void Rename(string name, string newName)
    {
        Before($"rename {name}");
        _folder.Rename(name, newName);
    }

    public override void Delete(string name) => _folder.Delete(name);

    public override void Sync() => _folder.Sync();

    private sealed class WatchedFile(WatchedFolder folder, string name, DurableFile file) : DurableFile
    {
        public override long Length => file.Length;

        public override bool IsInPlace => file.IsInPlace;

        public override int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public override void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            folder.Before($"write {name}");
            if (folder.FreeBytes < buffers.Sum(buffer => buffer.Length))
            {
                throw new IOException("No space left on device");
            }
            file.Write(buffers, offset);
        }

        public override void Truncate(long length) => file.Truncate(length);

        public override void Sync()
        {
            folder.Before($"sync {name}");
            file.Sync();
        }

        protected override void Close() => file.Dispose();
    }
}
