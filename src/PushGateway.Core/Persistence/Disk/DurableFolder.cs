namespace PushGateway.Core.Persistence.Disk;

/// <summary>
/// The folder of the persistence file and its journal. All disk access goes through this class and
/// <see cref="DurableFile"/>, so that tests can simulate disks that fail, fill up or lose power.
/// </summary>
/// <remarks>
/// File names have no path. Every failure is an <see cref="IOException"/> with a message for operators. A power failure
/// can undo creations, renames and deletions until <see cref="Sync"/>.
/// </remarks>
public abstract class DurableFolder
{
    /// <summary>The location, for messages.</summary>
    public abstract string Path { get; }

    /// <summary>The free bytes of its disk; null if the system does not report them.</summary>
    public virtual long? FreeBytes => null;

    /// <summary>The names of the files, in any order.</summary>
    public abstract IReadOnlyList<string> List();

    /// <summary>Creates a file and opens it for writing. Fails if the file exists.</summary>
    public abstract DurableFile Create(string name);

    /// <summary>Opens a file for reading; null if it does not exist.</summary>
    public abstract DurableFile? TryOpen(string name);

    /// <summary>Opens a file that was listed before.</summary>
    public DurableFile Open(string name) => TryOpen(name) ?? throw new IOException($"{name} has disappeared");

    /// <summary>Renames a file atomically, and replaces a file of the new name.</summary>
    public abstract void Rename(string name, string newName);

    /// <summary>Deletes a file if it exists.</summary>
    public abstract void Delete(string name);

    /// <summary>Makes creations, renames and deletions durable.</summary>
    public abstract void Sync();
}
