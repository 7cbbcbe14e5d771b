namespace PushGateway.Core.Persistence;

/// <summary>Where a new journal goes on, as a <see cref="Restore"/> has found it.</summary>
public sealed class JournalStart
{
    internal JournalStart(
        DurableFolder folder, PersistenceFiles files, JournalHeader header, IReadOnlyList<JournalPart> parts)
    {
        Folder = folder;
        Files = files;
        Header = header;
        Parts = parts;
    }

    internal DurableFolder Folder { get; }

    internal PersistenceFiles Files { get; }

    /// <summary>That of the first file to write.</summary>
    internal JournalHeader Header { get; }

    /// <summary>
    /// What the next snapshot takes in, oldest first. Those in front that have no bytes are in the present one, and only not
    /// deleted yet.
    /// </summary>
    public IReadOnlyList<JournalPart> Parts { get; }
}
