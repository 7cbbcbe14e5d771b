namespace PushGateway.Core.Persistence;

/// <summary>Which part of which journal a snapshot holds already.</summary>
/// <param name="JournalId">0: the snapshot was written without a journal.</param>
/// <param name="Generation">The last part of the journal that the snapshot holds, with all before it.</param>
public readonly record struct CheckpointId(long JournalId, long Generation)
{
    /// <summary>For a gateway that keeps no journal.</summary>
    public static readonly CheckpointId NoJournal;
}
