namespace PushGateway.Core.Persistence;

/// <summary>What a restore hands over to those who write from now on.</summary>
public sealed class RestoredFiles
{
    internal RestoredFiles(RestoreReport report, SnapshotFile snapshot, JournalStart journal)
    {
        Report = report;
        Snapshot = snapshot;
        Journal = journal;
    }

    public RestoreReport Report { get; }

    public SnapshotFile Snapshot { get; }

    /// <summary>For <see cref="Persistence.Journal.OpenAsync"/>.</summary>
    public JournalStart Journal { get; }
}
