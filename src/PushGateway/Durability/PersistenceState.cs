namespace PushGateway.Durability;

/// <summary>The state of persistence at one moment. Immutable. Counts begin at the start of the process.</summary>
internal sealed record PersistenceState
{
    /// <summary>Without --persistence.file.</summary>
    public static readonly PersistenceState Off = new();

    /// <summary>Whether there is a --persistence.file.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>The persistence file as in the flag; empty without one.</summary>
    public string File { get; init; } = "";

    /// <summary>When the last snapshot was durable; null before the first.</summary>
    /// <remarks>This may be long ago, since an unchanged store is not written again.</remarks>
    public DateTimeOffset? SnapshotAt { get; init; }

    /// <summary>Duration of the last successful snapshot.</summary>
    public TimeSpan SnapshotDuration { get; init; }

    public long SnapshotFailures { get; init; }

    public bool HasJournal { get; init; }

    /// <summary>Bytes of the journal records that no snapshot covers.</summary>
    public long JournalBytes { get; init; }

    /// <summary>Number of journal records that no snapshot covers.</summary>
    public long JournalRecords { get; init; }

    public long JournalFailures { get; init; }

    public int RestoredGroups { get; init; }

    /// <summary>Number of journal records replayed at the start.</summary>
    public long RestoredRecords { get; init; }

    /// <summary>Number of journal records that could not be replayed.</summary>
    public long DiscardedRecords { get; init; }

    /// <summary>Number of preserved files, which could not be used completely.</summary>
    public int DamagedFiles { get; init; }

    /// <summary>Why the gateway is not ready; null if it is.</summary>
    public string? Fault { get; init; }
}
