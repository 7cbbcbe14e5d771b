using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>The result of a recovery.</summary>
/// <param name="Snapshot">For writing further snapshots.</param>
/// <param name="Journal">For <see cref="JournalWriter.OpenAsync"/>.</param>
public sealed record RecoveredState(RecoveryReport Report, SnapshotFile Snapshot, JournalStartPoint Journal);

/// <summary>The position at which a journal continues after a <see cref="FileRecovery"/>.</summary>
public sealed class JournalStartPoint
{
    internal JournalStartPoint(
        DurableFolder folder, FileNames files, SegmentHeader header, IReadOnlyList<JournalSegment> segments)
    {
        Folder = folder;
        Files = files;
        Header = header;
        Segments = segments;
    }

    internal DurableFolder Folder { get; }

    internal FileNames Files { get; }

    /// <summary>The header of the next segment.</summary>
    internal SegmentHeader Header { get; }

    /// <summary>
    /// The segments to delete after the next snapshot, oldest first. Those without bytes are already covered by the
    /// current snapshot.
    /// </summary>
    public IReadOnlyList<JournalSegment> Segments { get; }
}
