namespace PushGateway.Durability;

/// <summary>How persistence was doing at one moment. Immutable; counts are since the gateway's start.</summary>
internal sealed record PersistenceState
{
    /// <summary>Without --persistence.file: there is nothing to tell.</summary>
    public static readonly PersistenceState Off = new();

    /// <summary>Whether there is a --persistence.file.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>As the flag has it; empty without one.</summary>
    public string File { get; init; } = "";

    /// <summary>When the last snapshot was on the disk; null if none was written yet.</summary>
    /// <remarks>It may be long ago: what has not changed is not written again.</remarks>
    public DateTimeOffset? SnapshotAt { get; init; }

    /// <summary>How long the last snapshot that succeeded took.</summary>
    public TimeSpan SnapshotDuration { get; init; }

    public long SnapshotFailures { get; init; }

    public bool HasJournal { get; init; }

    /// <summary>What the journal's records take, in bytes, that no snapshot holds.</summary>
    public long JournalBytes { get; init; }

    /// <summary>How many of the journal's records no snapshot holds.</summary>
    public long JournalRecords { get; init; }

    public long JournalFailures { get; init; }

    public int RestoredGroups { get; init; }

    /// <summary>How many changes the journal gave at the start.</summary>
    public long RestoredRecords { get; init; }

    /// <summary>How many it held that could not be restored.</summary>
    public long DiscardedRecords { get; init; }

    /// <summary>What keeps the gateway from being ready, in words; null if nothing does.</summary>
    public string? Fault { get; init; }
}
