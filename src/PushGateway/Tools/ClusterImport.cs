using PushGateway.CommandLine;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Replication;
using PushGateway.Durability.Postgres;

namespace PushGateway.Tools;

/// <summary>
/// <c>cluster import</c>: restores a persistence file into the database of a cluster, like a start with the file. Needs as much
/// memory as the gateway.
/// </summary>
/// <remarks>
/// One transaction, so that running replicas show either all groups or none. Rejects a cluster that has groups, since it could
/// not decide between two groups of one key.
/// </remarks>
internal static class ClusterImport
{
    /// <summary>Approximate bytes that are sent together.</summary>
    private const long MaxPartBytes = 8 << 20;

    private const int MaxPartGroups = 1000;

    public static Task<int> RunAsync(CliContext context) => ClusterTool.RunAsync(
        context, (file, options, source) => ImportAsync(context, file, options, source));

    private static async Task<int> ImportAsync(CliContext context, string file, GatewayOptions options, PostgresSource source)
    {
        PersistedStore? read;
        try
        {
            string path = FileLock.RealPath(file);
            using var fileLock = new FileLock(path);
            fileLock.ThrowIfHeld();
            read = await PersistedStore.ReadAsync(path, options.IdempotencyKeys.Count);
        }
        catch (IOException exception)
        {
            return context.Fail($"{file}: {exception.Message}");
        }
        if (read is null)
        {
            return context.Fail($"{file}: there is no such file, and no journal beside it");
        }
        foreach (string problem in read.Unreadable.Select(family => $"{GoQuote.Quote(family.Name.Span)}: {family.Error.Message}")
            .Concat(read.Findings))
        {
            await context.Errors.WriteAsync($"{context.Program}: warning: {problem}\n");
        }
        return await WriteAsync(context, read.Store, options.ClusterName.Text, source);
    }

    private static async Task<int> WriteAsync(CliContext context, GroupStore store, string cluster, PostgresSource source)
    {
        StoreSnapshot groups = store.Snapshot;
        IReadOnlyList<RememberedKey> keys = store.CopyIdempotencyKeys();
        await using ReplicaSession session = await ReplicaSession.OpenAsync(source, cluster, CancellationToken.None);
        (long revision, long present) = await session.BeginImportAsync(CancellationToken.None);
        if (present > 0)
        {
            await session.RollBackAsync(CancellationToken.None);
            return context.Fail(
                $"the cluster {cluster} has {present} groups already; delete them first, by PUT /api/v1/admin/wipe at one of its"
                + " replicas, or import into a cluster of another --cluster.name");
        }
        var position = new ClusterPosition(revision + 1, Guid.NewGuid());
        foreach (List<GroupRow> part in Parts(groups))
        {
            await session.AddGroupsAsync(part, position.Revision, CancellationToken.None);
        }
        try
        {
            await session.CommitAsync(new ClusterWrite(position, [], keys), CancellationToken.None);
        }
        catch (Exception exception) when (PostgresFault.IsExpected(exception))
        {
            return context.Fail(
                $"the cluster's database did not say whether it has stored the groups: {PostgresFault.Describe(exception)}. Run"
                + " this again: it does nothing if they are there");
        }
        await context.Output.WriteAsync(
            $"imported {groups.GroupCount} groups and {keys.Count} idempotency keys into the cluster {cluster}\n");
        return 0;
    }

    private static IEnumerable<List<GroupRow>> Parts(StoreSnapshot groups)
    {
        var part = new List<GroupRow>();
        long bytes = 0;
        foreach (MetricGroup group in groups.Groups)
        {
            var row = GroupRow.Of(group.Key, group);
            part.Add(row);
            bytes += row.Key.Length + row.Payload!.Length;
            if (bytes >= MaxPartBytes || part.Count == MaxPartGroups)
            {
                yield return part;
                part = [];
                bytes = 0;
            }
        }
        if (part.Count > 0)
        {
            yield return part;
        }
    }
}
