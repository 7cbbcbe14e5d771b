namespace PushGateway.Durability.Postgres;

/// <summary>The progress of a replica, for readiness, metrics and API. Written by its loop, read by any thread.</summary>
internal sealed class ReplicaStatus
{
    private long _confirmedAt;
    private long _revision;

    /// <summary>Whether the store is equal to the database.</summary>
    public volatile bool IsLoaded;

    /// <summary>The revision of the last write in the store.</summary>
    public long AppliedRevision => Interlocked.Read(ref _revision);

    /// <summary>The time since the store was last known to be complete.</summary>
    public TimeSpan Staleness(TimeProvider time) => time.GetElapsedTime(Interlocked.Read(ref _confirmedAt));

    /// <summary>Records when the store was complete.</summary>
    /// <param name="at">A timestamp of the monotonic clock.</param>
    public void Confirm(long revision, long at)
    {
        Interlocked.Exchange(ref _revision, revision);
        Interlocked.Exchange(ref _confirmedAt, at);
    }
}
