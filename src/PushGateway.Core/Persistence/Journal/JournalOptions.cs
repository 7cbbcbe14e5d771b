namespace PushGateway.Core.Persistence.Journal;

/// <summary>How a journal is written.</summary>
public sealed record JournalOptions
{
    public FsyncPolicy Fsync { get; init; } = FsyncPolicy.Always;

    /// <summary>
    /// The queued bytes from which <see cref="JournalWriter.WaitForCapacityAsync"/> delays further pushes.
    /// </summary>
    public long MaxPendingBytes { get; init; } = 64 << 20;

    /// <summary>Called on the journal's thread with the duration of each fsync.</summary>
    public Action<TimeSpan>? SyncTook { get; init; }
}

/// <summary>When the journal syncs its writes, so that they survive a power failure.</summary>
/// <remarks>Under every policy, writes survive the end of the process, even by SIGKILL.</remarks>
public enum FsyncPolicy
{
    /// <summary>Before the response. Concurrent pushes share one fsync.</summary>
    Always,

    /// <summary>At each <see cref="JournalWriter.SyncAsync"/>, which the host calls every second.</summary>
    Interval,

    /// <summary>
    /// When the operating system decides, and at the end of each segment, so that no segment is durable before its
    /// predecessor.
    /// </summary>
    Never,
}

/// <summary>The journal cannot be written. The message names the cause for clients and operators.</summary>
public sealed class JournalFailedException(string message, Exception? cause) : Exception(message, cause);
