namespace PushGateway.Core.Store;

/// <summary>
/// Learns which groups a store holds and which terms their pushes specified. The store calls it under its lock, in the
/// order of the changes. It must not block or call the store.
/// </summary>
public sealed class GroupListener
{
    /// <summary>A group is new, or its <see cref="MetricGroup.Terms"/> changed. Do not store a reference to the group.</summary>
    public required Action<MetricGroup> Added { get; init; }

    /// <summary>A group was removed.</summary>
    public required Action<GroupingKey> Removed { get; init; }

    /// <summary>All groups were removed.</summary>
    public required Action Cleared { get; init; }
}
