using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>What a restore hands over to those who write from now on.</summary>
public sealed class RecoveredState
{
    internal RecoveredState(RecoveryReport report, SnapshotFile snapshot, JournalStartPoint journal)
    {
        Report = report;
        Snapshot = snapshot;
        Journal = journal;
    }

    public RecoveryReport Report { get; }

    public SnapshotFile Snapshot { get; }

    /// <summary>For <see cref="JournalWriter.OpenAsync"/>.</summary>
    public JournalStartPoint Journal { get; }
}

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
