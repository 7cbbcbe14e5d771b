namespace PushGateway.Durability.Postgres;

/// <summary>How far a replica is, for readiness, metrics and API. Written by its loop, read by any thread.</summary>
internal sealed class ReplicaStatus
{
    private long _confirmedAt;
    private long _revision;

    /// <summary>Whether the store holds what the database holds.</summary>
    public volatile bool IsLoaded;

    /// <summary>The revision of the last write that the store holds.</summary>
    public long AppliedRevision => Interlocked.Read(ref _revision);

    /// <summary>How long ago the store was known to hold everything.</summary>
    public TimeSpan Staleness(TimeProvider time) => time.GetElapsedTime(Interlocked.Read(ref _confirmedAt));

    /// <summary>The store held everything at a time.</summary>
    /// <param name="at">A timestamp of the monotonic clock.</param>
    public void Confirm(long revision, long at)
    {
        Interlocked.Exchange(ref _revision, revision);
        Interlocked.Exchange(ref _confirmedAt, at);
    }
}
