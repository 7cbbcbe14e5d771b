using Npgsql;
using PushGateway.Core.Persistence.Replication;

namespace PushGateway.Durability.Postgres;

/// <content>Bulk operations: loading a replica, and imports.</content>
internal sealed partial class ReplicaSession
{
    /// <summary>The number of groups that a load puts into the store together.</summary>
    private const int LoadedTogether = 500;

    /// <summary>Reads everything into an empty store.</summary>
    /// <returns>The position of the loaded state.</returns>
    public async Task<ClusterPosition> LoadAsync(GroupStore store, CancellationToken cancellation)
    {
        await using NpgsqlBatch batch = _connection.CreateBatch();
        batch.Add("begin isolation level repeatable read read only");
        batch.Add($"select h.revision, b.id from {_schema}.head h join {_schema}.batches b using (revision)");
        batch.Add($"select hash, pushed_at from {_schema}.idempotency_keys order by revision, pushed_at");
        batch.Add($"select grouping_key, payload from {_schema}.groups where payload is not null");
        batch.Add("commit");
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
        {
            throw new PostgresUnusableException("the tables of the cluster have no head");
        }
        var position = new ClusterPosition(reader.GetInt64(0), reader.GetGuid(1));
        await reader.NextResultAsync(cancellation);
        store.Apply(new RestoreKeysCommand(await ReadKeysAsync(reader, cancellation)));
        await reader.NextResultAsync(cancellation);
        var groups = new List<GroupState>(LoadedTogether);
        while (await reader.ReadAsync(cancellation))
        {
            groups.Add(ReadGroup(reader));
            if (groups.Count == LoadedTogether)
            {
                store.Apply(new ReplaceGroupsCommand(groups));
                groups.Clear();
            }
        }
        store.Apply(new ReplaceGroupsCommand(groups));
        return position;
    }

    /// <summary>
    /// Locks the head like <see cref="BeginWriteAsync"/>, to add groups that are not in this replica's store. Add them in parts
    /// with <see cref="AddGroupsAsync"/>.
    /// </summary>
    /// <returns>The last revision, and the number of groups.</returns>
    public async Task<(long Revision, long Groups)> BeginImportAsync(CancellationToken cancellation)
    {
        await using NpgsqlBatch batch = _connection.CreateBatch();
        batch.Add("begin");
        batch.Add($"select revision from {_schema}.head for update");
        batch.Add($"select count(*) from {_schema}.groups where payload is not null");
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        long revision = reader.GetInt64(0);
        await reader.NextResultAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (revision, reader.GetInt64(0));
    }

    /// <summary>Writes groups without committing them.</summary>
    public async Task AddGroupsAsync(IReadOnlyList<GroupRow> groups, long revision, CancellationToken cancellation)
    {
        await using NpgsqlBatch batch = _connection.CreateBatch();
        AddGroups(batch, groups, revision);
        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
