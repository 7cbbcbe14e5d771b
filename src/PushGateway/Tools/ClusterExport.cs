using PushGateway.CommandLine;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Persistence.Snapshot;
using PushGateway.Durability.Postgres;

namespace PushGateway.Tools;

/// <summary>
/// <c>cluster export</c>: writes the groups of a cluster to a new persistence file while the replicas run. Needs as much memory
/// as a replica.
/// </summary>
internal static class ClusterExport
{
    public static Task<int> RunAsync(CliContext context) => ClusterTool.RunAsync(
        context, (file, options, source) => ExportAsync(context, file, options, source));

    private static async Task<int> ExportAsync(CliContext context, string file, GatewayOptions options, PostgresSource source)
    {
        if (Path.Exists(file))
        {
            return context.Fail($"{file} exists, and is not overwritten");
        }
        try
        {
            string path = Path.GetFullPath(file);
            using var fileLock = new FileLock(path);
            fileLock.Take();
            var target = FileRecovery.Begin(
                new DiskFolder(Path.GetDirectoryName(path) ?? "/"), Path.GetFileName(path), TimeProvider.System.GetUtcNow());
            if (target.HasFiles)
            {
                return context.Fail($"{file} has a journal beside it, which a start would read too");
            }
            return await ExportAsync(context, file, target, options, source);
        }
        catch (IOException exception)
        {
            return context.Fail($"{file}: {exception.Message}");
        }
    }

    private static async Task<int> ExportAsync(
        CliContext context, string file, FileRecovery target, GatewayOptions options, PostgresSource source)
    {
        string cluster = options.ClusterName.Text;
        if (await LoadAsync(cluster, options.IdempotencyKeys.Count, source) is not { } store)
        {
            return context.Fail($"the database has no cluster {cluster}");
        }
        StoreSnapshot groups = store.Snapshot;
        target.Finish().Snapshot.Write(
            CheckpointId.NoJournal, stream => GobSnapshotWriter.Write(stream, groups), store.CopyIdempotencyKeys());
        await context.Output.WriteAsync($"exported {groups.GroupCount} groups of the cluster {cluster} to {file}\n");
        return 0;
    }

    /// <summary>Null if the database does not have the cluster.</summary>
    private static async Task<GroupStore?> LoadAsync(string cluster, int maxKeys, PostgresSource source)
    {
        if (!await ClusterSchema.ExistsAsync(source, cluster, CancellationToken.None))
        {
            return null;
        }
        await using ReplicaSession session = await ReplicaSession.OpenAsync(source, cluster, CancellationToken.None);
        var store = new GroupStore([], maxKeys);
        await session.LoadAsync(store, CancellationToken.None);
        return store;
    }
}
