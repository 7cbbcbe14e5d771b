namespace PushGateway.Core.Persistence.Disk;

/// <summary>
/// Prevents other gateways from using a persistence file, with or without a journal. Locks a separate file,
/// <c>FILE.lock</c>, since each snapshot replaces the persistence file. The system releases the lock when the process ends
/// for any reason, and an empty file may remain. Thread-safe.
/// </summary>
/// <param name="path">The path of the persistence file, without symbolic links: see <see cref="RealPath"/>.</param>
public sealed class FileLock(string path) : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Each further attempt means that another gateway ended in the meantime.</summary>
    private const int MaxAttempts = 10;

    /// <summary>EWOULDBLOCK, by its Linux number.</summary>
    private const int WouldBlock = 11;

    private readonly Lock _gate = new();
    private readonly string _path = path + ".lock";
    private DiskFile? _file;

    /// <summary>Why the lock is ineffective, although it was acquired; null if it works.</summary>
    public string? Weakness { get; private set; }

    /// <summary>
    /// The target of a symbolic link in place of a file, so that files derived from it are created beside the target.
    /// </summary>
    public static string RealPath(string file)
    {
        string path = Path.GetFullPath(file);
        return DiskError.Guard(() => new FileInfo(path).LinkTarget is null
            ? path
            : LinuxFiles.RealPath(path) ?? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
    }

    /// <summary>Fails if another gateway holds the lock. If the lock cannot be acquired for another reason, later changes fail.</summary>
    /// <exception cref="IOException">Another gateway uses the file.</exception>
    public void ThrowIfHeld()
    {
        try
        {
            Take();
        }
        catch (IOException exception) when (exception is not FileInUseException)
        {
            // On a read-only disk, for example. The file can be read, but nothing can be written without the lock.
        }
    }

    /// <summary>Acquires the lock, unless it is held and its file is still in place.</summary>
    /// <exception cref="IOException">Another gateway uses the file, or the lock cannot be written.</exception>
    public void Take()
    {
        lock (_gate)
        {
            for (int attempt = 0; _file is not { IsInPlace: true }; attempt++)
            {
                // A gateway that ended may have deleted the file after it was opened here and before it was locked.
                _file?.Dispose();
                _file = null;
                _file = attempt < MaxAttempts ? DiskError.Guard(Open) : throw new FileInUseException(_path);
            }
        }
    }

    /// <summary>Deletes the file and releases the lock.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            using DiskFile? file = _file;
            _file = null;
            try
            {
                if (file is { IsInPlace: true })
                {
                    File.Delete(_path);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The file remains, which is harmless.
            }
        }
    }

    private DiskFile Open()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        try
        {
            var stream = new FileStream(_path, options);

            // The framework locks the file too, but does not report a file system without locks.
            Weakness = OperatingSystem.IsLinux() ? LinuxFiles.TryLock(stream.SafeFileHandle) : null;
            return new DiskFile(stream);
        }
        catch (IOException exception) when (exception.HResult == WouldBlock)
        {
            throw new FileInUseException(_path);
        }
    }

    private sealed class FileInUseException(string path) : IOException($"another gateway uses it, and has locked {path}");
}
