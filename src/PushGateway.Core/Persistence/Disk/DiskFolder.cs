namespace PushGateway.Core.Persistence.Disk;

/// <summary>A folder on a real disk.</summary>
/// <param name="path">An existing folder.</param>
public sealed class DiskFolder(string path) : DurableFolder
{
    // Pushed values may be confidential. The Go Pushgateway uses the same mode.
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public override string Path { get; } = System.IO.Path.GetFullPath(path);

    public override long? FreeBytes
    {
        get
        {
            try
            {
                // Some network file systems report 0 for both.
                var disk = new DriveInfo(Path);
                return disk.TotalSize > 0 ? disk.AvailableFreeSpace : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    public override IReadOnlyList<string> List() => DiskError.Guard(() =>
        Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file)).ToList());

    /// <remarks>
    /// Locks the file, so that a second gateway on the same folder fails instead of interleaving records.
    /// </remarks>
    public override DurableFile Create(string name) => DiskError.Guard(() =>
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        return new DiskFile(new FileStream(PathOf(name), options));
    });

    public override DurableFile? TryOpen(string name)
    {
        var options = new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.Read, BufferSize = 0 };
        return DiskError.Guard(() =>
        {
            ThrowIfPipe(PathOf(name));
            try
            {
                return new DiskFile(new FileStream(PathOf(name), options));
            }
            catch (FileNotFoundException)
            {
                return null;
            }
            catch (UnauthorizedAccessException) when (Directory.Exists(PathOf(name)))
            {
                throw new IOException($"{PathOf(name)} is a directory");
            }
        });
    }

    public override void Rename(string name, string newName) =>
        DiskError.Guard(() => File.Move(PathOf(name), PathOf(newName), overwrite: true));

    public override void Delete(string name) => DiskError.Guard(() => File.Delete(PathOf(name)));

    /// <remarks>Does nothing outside Linux, where folders cannot or need not be synced.</remarks>
    public override void Sync()
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxFiles.SyncFolder(Path);
        }
    }

    /// <summary>Fails for anything that is neither a file nor a folder, since opening a pipe waits for its writer.</summary>
    internal static void ThrowIfPipe(string path)
    {
        if (FileStatus.Of(path) is { IsRegular: false } && !Directory.Exists(path))
        {
            throw new IOException($"{path} is a device or a pipe");
        }
    }

    private string PathOf(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>Turns the exceptions that .NET throws for disk errors into <see cref="IOException"/>.</summary>
internal static class DiskError
{
    public static void Guard(Action operation) => Guard(() =>
    {
        operation();
        return 0;
    });

    public static T Guard<T>(Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception e) when (Explain(e) is { } error)
        {
            throw error;
        }
    }

    /// <summary>The exception to throw instead; null to rethrow the original.</summary>
    public static IOException? Explain(Exception error) => error switch
    {
        // .NET reports EFBIG (a file size limit) as a wrong argument.
        ArgumentOutOfRangeException => new IOException("File too large", error),
        UnauthorizedAccessException => new IOException(error.Message, error),
        _ => null,
    };
}
