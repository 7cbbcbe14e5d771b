using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>
/// A position in the journal, with a store snapshot that holds every record before it and none after it.
/// </summary>
public sealed class Checkpoint
{
    internal Checkpoint(CheckpointId coverage, long? failure)
    {
        Coverage = coverage;
        Failure = failure;
    }

    /// <summary>The identifier to write into the snapshot file.</summary>
    public CheckpointId Coverage { get; }

    /// <summary>The number of the journal's failure at that time; null if it worked.</summary>
    internal long? Failure { get; }
}
