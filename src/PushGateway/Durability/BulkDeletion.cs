namespace PushGateway.Durability;

internal static class BulkDeletion
{
    /// <summary>
    /// Deletes, as one change, those of the groups that are still as given: a group that was pushed to since stays.
    /// </summary>
    /// <returns>The deleted groups, if the outcome is <see cref="Outcome.Accepted"/>.</returns>
    public static async ValueTask<(Outcome Outcome, IReadOnlyList<MetricGroup> Deleted)> DeleteUnchangedAsync(
        this IDurableStore store, IReadOnlyList<MetricGroup> groups)
    {
        while (groups.Count > 0)
        {
            Outcome outcome = await store.ApplyAsync(
                new DeleteGroupsCommand([.. groups.Select(group => new DeleteCommand(group.Key, group))]));
            if (outcome is not Outcome.Accepted { Result.ChangedGroups: { Count: > 0 } changed })
            {
                return (outcome, groups);
            }

            // Nothing was deleted: try again without those.
            HashSet<GroupingKey> skipped = [.. changed];
            groups = [.. groups.Where(group => !skipped.Contains(group.Key))];
        }
        return (Outcome.Accepted.Done, []);
    }
}
