namespace PushGateway.Durability;

/// <summary>Fills the store at the start, reports whether it may be shown, and closes the storage of its changes.</summary>
internal interface IStoreService : IAsyncDisposable
{
    /// <summary>Whether the store is still incomplete, so that it must not be shown.</summary>
    bool IsRestoring { get; }

    /// <summary>Why the gateway is not ready; null if it is.</summary>
    string? NotReadyReason { get; }

    /// <summary>Whether the last attempt to fill or write the store failed.</summary>
    bool HasFault { get; }

    /// <summary>Why scrapes must not show the store, which may be too old; null if they may.</summary>
    string? StaleReason { get; }

    /// <summary>Whether this gateway shows pushed groups in scrapes. If not, another replica does.</summary>
    bool ShowsGroups { get; }

    /// <summary>Whether this gateway deletes expired groups. If not, another replica does.</summary>
    bool ExpiresGroups { get; }

    /// <summary>The current state of persistence in files.</summary>
    PersistenceState Persistence { get; }

    /// <summary>The cluster whose database has the groups; null for a standalone gateway.</summary>
    ClusterIdentity? Cluster { get; }

    /// <summary>Begins to fill the store. The task completes when the store is complete or the service closes.</summary>
    /// <exception cref="CommandLine.StartException">The store can never be filled.</exception>
    Task StartAsync();

    /// <summary>Writes the remaining changes. Call it after the last change.</summary>
    /// <returns>False if it could not write everything.</returns>
    ValueTask<bool> CloseAsync();
}

/// <summary>The cluster of this replica, without an address.</summary>
/// <param name="Database">The name of its database.</param>
internal sealed record ClusterIdentity(string Name, string Database);
