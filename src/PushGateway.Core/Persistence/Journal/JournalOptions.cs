namespace PushGateway.Core.Persistence.Journal;

/// <summary>How a journal is written.</summary>
public sealed record JournalOptions
{
    public FsyncPolicy Fsync { get; init; } = FsyncPolicy.Always;

    /// <summary>
    /// How much may wait to be written before <see cref="JournalWriter.WaitForCapacityAsync"/> holds up further pushes.
    /// </summary>
    public long MaxPendingBytes { get; init; } = 64 << 20;

    /// <summary>Is told how long each fsync took, on the journal's own thread.</summary>
    public Action<TimeSpan>? SyncTook { get; init; }
}

/// <summary>When what was written to the journal is made to survive a power failure.</summary>
/// <remarks>The end of the gateway alone, even by SIGKILL, loses nothing under any of them.</remarks>
public enum FsyncPolicy
{
    /// <summary>Before the push is answered. Pushes that wait at the same time share one fsync.</summary>
    Always,

    /// <summary>At each <see cref="JournalWriter.SyncAsync"/>, which the host calls every second.</summary>
    Interval,

    /// <summary>
    /// When the system sees fit; and when a generation is complete, so that none ends before the next begins.
    /// </summary>
    Never,
}

/// <summary>The journal cannot be written. The message names the cause, for clients and operators.</summary>
public sealed class JournalFailedException(string message, Exception? cause) : Exception(message, cause);
