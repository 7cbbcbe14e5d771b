namespace PushGateway.Durability;

internal static class BulkDeletion
{
    /// <summary>
    /// Deletes as one change those of the groups that have not changed. A group with a later push stays.
    /// </summary>
    /// <returns>The deleted groups, if the outcome is <see cref="Outcome.Accepted"/>.</returns>
    public static async ValueTask<(Outcome Outcome, IReadOnlyList<MetricGroup> Deleted)> DeleteUnchangedAsync(
        this IDurableStore store, IReadOnlyList<MetricGroup> groups)
    {
        if (groups.Count == 0)
        {
            return (Outcome.Accepted.Done, []);
        }
        Outcome outcome = await store.ApplyAsync(
            new DeleteGroupsCommand([.. groups.Select(group => new DeleteCommand(group.Key, group))]));
        return outcome is Outcome.Accepted { Result.SparedGroups: { Count: > 0 } spared }
            ? (outcome, [.. groups.Where(group => !spared.Contains(group.Key))])
            : (outcome, groups);
    }
}
