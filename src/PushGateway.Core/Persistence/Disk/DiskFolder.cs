namespace PushGateway.Core.Persistence.Disk;

/// <summary>A folder on a real disk.</summary>
/// <param name="path">A folder that exists.</param>
public sealed class DiskFolder(string path) : DurableFolder
{
    /// <summary>As the Go Pushgateway makes its file: what jobs push is nobody else's business.</summary>
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public override string Path { get; } = System.IO.Path.GetFullPath(path);

    public override IReadOnlyList<string> List() => DiskError.Guard(() =>
        Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file)).ToList());

    /// <remarks>
    /// The file is locked, so that a second gateway on the same folder fails instead of mixing in its records.
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
        return new DiskFile(new FileStream(Place(name), options));
    });

    public override DurableFile? TryOpen(string name)
    {
        var options = new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.Read, BufferSize = 0 };
        return DiskError.Guard(() =>
        {
            try
            {
                return new DiskFile(new FileStream(Place(name), options));
            }
            catch (FileNotFoundException)
            {
                return null;
            }
            catch (UnauthorizedAccessException) when (Directory.Exists(Place(name)))
            {
                throw new IOException($"{Place(name)} is a folder");
            }
        });
    }

    public override void Rename(string name, string newName) =>
        DiskError.Guard(() => File.Move(Place(name), Place(newName), overwrite: true));

    public override void Delete(string name) => DiskError.Guard(() => File.Delete(Place(name)));

    /// <remarks>Only Linux: elsewhere a folder cannot be synced, or need not be.</remarks>
    public override void Sync()
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxFiles.SyncFolder(Path);
        }
    }

    private string Place(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>
/// Makes one kind of exception, with the cause in plain words, of the several that .NET has for a failing disk.
/// </summary>
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

    /// <summary>The exception to throw instead; null to let this one go on.</summary>
    public static IOException? Explain(Exception error) => error switch
    {
        // EFBIG, from a limit on file sizes; .NET takes it for a wrong argument.
        ArgumentOutOfRangeException => new IOException("File too large", error),
        UnauthorizedAccessException => new IOException(error.Message, error),
        _ => null,
    };
}
