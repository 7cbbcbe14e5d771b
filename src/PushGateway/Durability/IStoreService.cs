namespace PushGateway.Durability;

/// <summary>Fills the store at the start, says whether it may be shown, and ends what changes are written to.</summary>
internal interface IStoreService : IAsyncDisposable
{
    /// <summary>Whether the store does not hold everything yet, so that nothing of it may be shown.</summary>
    bool IsRestoring { get; }

    /// <summary>Why the gateway is not ready; null if it is.</summary>
    string? NotReadyReason { get; }

    /// <summary>Whether the last attempt to fill the store, or to write it, failed.</summary>
    bool HasFault { get; }

    /// <summary>Why a scrape must not show the store: it may be too old. Null if it may.</summary>
    string? StaleReason { get; }

    /// <summary>Whether scrapes show pushed groups, or another replica's do.</summary>
    bool ShowsGroups { get; }

    /// <summary>Whether this gateway deletes the groups that expire, or another replica does.</summary>
    bool ExpiresGroups { get; }

    /// <summary>What is persisted in files now.</summary>
    PersistenceState Persistence { get; }

    /// <summary>The cluster whose database has the groups; null for a gateway on its own.</summary>
    ClusterIdentity? Cluster { get; }

    /// <summary>Begins to fill the store. The task completes when it is full, or the service closes.</summary>
    /// <exception cref="CommandLine.StartException">It will never be.</exception>
    Task StartAsync();

    /// <summary>Writes what is left. Call it when no more changes come.</summary>
    /// <returns>False if it could not write everything.</returns>
    ValueTask<bool> CloseAsync();
}

/// <summary>Which cluster this gateway is a replica of, without an address.</summary>
/// <param name="Database">The name of its database.</param>
internal sealed record ClusterIdentity(string Name, string Database);
