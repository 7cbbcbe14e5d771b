using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>
/// A place in the journal: the snapshot of the store taken there holds all before it and nothing behind.
/// </summary>
public sealed class Checkpoint
{
    internal Checkpoint(CheckpointId coverage, long? failure)
    {
        Coverage = coverage;
        Failure = failure;
    }

    /// <summary>To be written into the snapshot.</summary>
    public CheckpointId Coverage { get; }

    /// <summary>Which failure the journal was in; null if it was in none.</summary>
    internal long? Failure { get; }
}
