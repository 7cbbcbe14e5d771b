namespace PushGateway.Core.Persistence;

/// <summary>How a journal is written.</summary>
public sealed record JournalOptions
{
    public FsyncPolicy Fsync { get; init; } = FsyncPolicy.Always;

    /// <summary>
    /// How much may wait to be written before <see cref="JournalWriter.WaitForRoomAsync"/> holds up further pushes.
    /// </summary>
    public long MaxPendingBytes { get; init; } = 64 << 20;

    /// <summary>Is told how long each fsync took, on the journal's own thread.</summary>
    public Action<TimeSpan>? SyncTook { get; init; }
}
