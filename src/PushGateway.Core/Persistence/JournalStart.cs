namespace PushGateway.Core.Persistence;

/// <summary>Where a new journal goes on, as a <see cref="FileRecovery"/> has found it.</summary>
public sealed class JournalStartPoint
{
    internal JournalStartPoint(
        DurableFolder folder, FileNames files, SegmentHeader header, IReadOnlyList<JournalSegment> parts)
    {
        Folder = folder;
        Files = files;
        Header = header;
        Parts = parts;
    }

    internal DurableFolder Folder { get; }

    internal FileNames Files { get; }

    /// <summary>That of the first file to write.</summary>
    internal SegmentHeader Header { get; }

    /// <summary>
    /// What the next snapshot takes in, oldest first. Those in front that have no bytes are in the present one, and only not
    /// deleted yet.
    /// </summary>
    public IReadOnlyList<JournalSegment> Parts { get; }
}
