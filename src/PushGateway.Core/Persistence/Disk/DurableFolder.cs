namespace PushGateway.Core.Persistence.Disk;

/// <summary>
/// The one folder that holds the persistence file and its journal. All use of the disk goes through this class and
/// <see cref="DurableFile"/>, so that tests can stand in for a disk that fails, fills up or loses power.
/// </summary>
/// <remarks>
/// Files are named without a path. Whatever goes wrong is an <see cref="IOException"/> whose message says it in plain
/// words. What was created, renamed or deleted may come undone in a power failure until <see cref="Sync"/>.
/// </remarks>
public abstract class DurableFolder
{
    /// <summary>For messages: where the folder is.</summary>
    public abstract string Path { get; }

    /// <summary>The names of the files, in no order.</summary>
    public abstract IReadOnlyList<string> List();

    /// <summary>Opens a new file for writing. It is an error if the name is taken.</summary>
    public abstract DurableFile Create(string name);

    /// <summary>Opens a file for reading; null if there is none of that name.</summary>
    public abstract DurableFile? TryOpen(string name);

    /// <summary>Gives a file another name, in one step; what had that name is gone.</summary>
    public abstract void Rename(string name, string newName);

    /// <summary>Deletes a file; nothing happens if there is none.</summary>
    public abstract void Delete(string name);

    /// <summary>Makes the names of the files durable.</summary>
    public abstract void Sync();
}
