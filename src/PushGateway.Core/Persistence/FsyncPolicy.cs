namespace PushGateway.Core.Persistence;

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
