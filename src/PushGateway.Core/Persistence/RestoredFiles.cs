namespace PushGateway.Core.Persistence;

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

    /// <summary>For <see cref="Persistence.JournalWriter.OpenAsync"/>.</summary>
    public JournalStartPoint Journal { get; }
}
