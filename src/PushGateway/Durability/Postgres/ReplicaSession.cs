using System.Buffers.Binary;
using System.Globalization;
using Npgsql;
using PushGateway.Core.Persistence.Replication;

namespace PushGateway.Durability.Postgres;

/// <summary>A position in the history of a cluster: the last write that a replica has applied.</summary>
/// <param name="Revision">Counts the writes of the cluster.</param>
/// <param name="Batch">The id of the write, since after a failover another write may have the same revision.</param>
internal readonly record struct ClusterPosition(long Revision, Guid Batch);

/// <summary>The writes of other replicas since a position.</summary>
/// <param name="Position">The position after these writes.</param>
/// <param name="Groups">The changed groups in their state at the new position.</param>
internal sealed record ClusterChanges(
    ClusterPosition Position, IReadOnlyList<GroupState> Groups, IReadOnlyList<RememberedKey> Keys);

/// <summary>The data that a replica writes in one transaction.</summary>
internal sealed record ClusterWrite(
    ClusterPosition Position, IReadOnlyList<GroupRow> Groups, IReadOnlyList<RememberedKey> Keys)
{
    public bool IsEmpty => Groups.Count + Keys.Count == 0;
}

/// <summary>A connection on which a replica reads and writes the cluster's state. Not thread-safe.</summary>
/// <remarks>
/// A write takes two round trips: the first locks the head and reads new writes, the second writes and commits. Since each
/// writer locks the head, writes commit in the order of their revisions, and each replica sees all writes before its own.
/// </remarks>
internal sealed partial class ReplicaSession : IAsyncDisposable
{
    private const string WarningSeverity = "WARNING";

    /// <summary>The time after which a replica that still runs has aborted its write.</summary>
    private const int StuckSeconds = PostgresSource.CommandSeconds;

    private readonly NpgsqlConnection _connection;
    private readonly string _schema;
    private readonly string _channel;
    private readonly GroupRowDecoder _decoder = new();

    /// <summary>The last warning. A commit that was not replicated succeeds with a warning.</summary>
    private string? _warning;

    private ReplicaSession(NpgsqlConnection connection, string name)
    {
        _connection = connection;
        _schema = $"\"{name}\"";
        _channel = ChannelOf(name);
        connection.Notice += (_, notice) =>
            _warning = notice.Notice.InvariantSeverity == WarningSeverity ? notice.Notice.MessageText : _warning;
    }

    /// <summary>The channel by which replicas notify each other of writes.</summary>
    public static string ChannelOf(string name) => $"pushgateway_{name}";

    /// <param name="name">The name of the cluster.</param>
    /// <exception cref="PostgresUnusableException">The server or its tables cannot be used.</exception>
    public static async Task<ReplicaSession> OpenAsync(PostgresSource source, string name, CancellationToken cancellation)
    {
        NpgsqlConnection connection = await source.OpenAsync(cancellation);
        try
        {
            await ClusterSchema.EnsureAsync(connection, name, cancellation);
            return new ReplicaSession(connection, name);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads new writes.</summary>
    /// <returns>Null if the position is no longer part of the history, so that everything must be loaded.</returns>
    public async Task<ClusterChanges?> ReadAsync(ClusterPosition since, CancellationToken cancellation)
    {
        await using NpgsqlBatch batch = ChangesBatch("begin isolation level repeatable read read only", "", since);
        batch.Add("commit");
        return await ReadChangesAsync(batch, since, cancellation);
    }

    /// <summary>
    /// Locks the head, so that no other replica writes, and reads new writes. <see cref="CommitAsync"/> or
    /// <see cref="RollBackAsync"/> must follow.
    /// </summary>
    /// <returns>Null in the same case as for <see cref="ReadAsync"/>.</returns>
    public async Task<ClusterChanges?> BeginWriteAsync(ClusterPosition since, CancellationToken cancellation)
    {
        await using NpgsqlBatch batch = ChangesBatch("begin", " for update", since);
        return await ReadChangesAsync(batch, since, cancellation);
    }

    /// <summary>Writes and commits. If it throws, it is unknown whether the write was committed.</summary>
    public async Task CommitAsync(ClusterWrite write, CancellationToken cancellation)
    {
        await using NpgsqlBatch batch = _connection.CreateBatch();
        AddGroups(batch, write.Groups, write.Position.Revision);
        if (write.Keys.Count > 0)
        {
            batch.Add(
                $"""
                insert into {_schema}.idempotency_keys (hash, pushed_at, revision)
                select hash, pushed_at, $3 from unnest($1, $2) as added (hash, pushed_at)
                on conflict (hash) do update set pushed_at = excluded.pushed_at, revision = excluded.revision
                """,
                Sql.Bytes([.. write.Keys.Select(key => ToBytes(key.Hash))]),
                Sql.Numbers([.. write.Keys.Select(key => key.At)]),
                Sql.Number(write.Position.Revision));
        }
        batch.Add(
            $"insert into {_schema}.batches (revision, id) values ($1, $2)",
            Sql.Number(write.Position.Revision),
            Sql.Id(write.Position.Batch));
        batch.Add($"update {_schema}.head set revision = $1", Sql.Number(write.Position.Revision));
        batch.Add(
            "select pg_notify($1, $2)",
            Sql.Text(_channel),
            Sql.Text(write.Position.Revision.ToString(CultureInfo.InvariantCulture)));
        batch.Add("commit");
        _warning = null;
        await batch.ExecuteNonQueryAsync(cancellation);
        ThrowIfWarned();
    }

    /// <summary>
    /// Ends a write without a change, when the data that it read is as durable as any change. A primary that crashed and came back
    /// can show data that its standby does not have.
    /// </summary>
    public async Task ConfirmAsync(CancellationToken cancellation)
    {
        _warning = null;
        await ExecuteAsync($"update {_schema}.head set revision = revision; commit", cancellation);
        ThrowIfWarned();
    }

    /// <summary>Ends a write without a change.</summary>
    public Task RollBackAsync(CancellationToken cancellation) => ExecuteAsync("rollback", cancellation);

    /// <summary>
    /// Ends a session that holds the head while its replica sends nothing, because it was stopped or disconnected during a write. The
    /// server itself does this only between two statements, not within one.
    /// </summary>
    public Task EndStuckWriterAsync(CancellationToken cancellation) => ExecuteAsync(
        $"""
        select pg_terminate_backend(a.pid) from pg_stat_activity a join pg_locks l using (pid)
        where l.relation = '{_schema}.head'::regclass and l.mode in ('RowShareLock', 'RowExclusiveLock') and l.granted
            and a.pid <> pg_backend_pid() and a.usename = current_user and a.wait_event_type = 'Client'
            and a.query_start < clock_timestamp() - interval '{StuckSeconds} seconds'
        """,
        cancellation);

    /// <summary>
    /// Checks whether a write whose response was lost was committed, after the current writer has ended. If it was, waits until
    /// it is as durable as any other write.
    /// </summary>
    public async Task<bool> IsCommittedAsync(Guid batch, CancellationToken cancellation)
    {
        bool isCommitted;
        await using (NpgsqlBatch query = _connection.CreateBatch())
        {
            query.Add("begin");

            // Waits for a transaction that is still committing. Its own commit follows the lost one, on a standby too.
            query.Add($"update {_schema}.head set revision = revision");
            query.Add($"select exists (select from {_schema}.batches where id = $1)", Sql.Id(batch));
            isCommitted = (bool)(await query.ExecuteScalarAsync(cancellation))!;
        }
        _warning = null;
        await ExecuteAsync("commit", cancellation);
        ThrowIfWarned();
        return isCommitted;
    }

    /// <summary>Reads the current state of some groups from the database.</summary>
    public async Task<IReadOnlyList<GroupState>> ReadGroupsAsync(
        IReadOnlyCollection<GroupingKey> keys, CancellationToken cancellation)
    {
        await using NpgsqlBatch batch = _connection.CreateBatch();
        batch.Add(
            $"select grouping_key, payload from {_schema}.groups where id = any($1)",
            Sql.Bytes([.. keys.Select(key => GroupRow.Of(key, group: null).Id)]));
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellation);
        var found = keys.ToDictionary(key => key, key => new GroupState(key, Families: null));
        while (await reader.ReadAsync(cancellation))
        {
            GroupState state = ReadGroup(reader);
            found[state.Key] = state;
        }
        return [.. found.Values];
    }

    public async Task<IReadOnlyList<RememberedKey>> ReadKeysAsync(CancellationToken cancellation)
    {
        await using NpgsqlBatch batch = _connection.CreateBatch();
        batch.Add($"select hash, pushed_at from {_schema}.idempotency_keys order by revision, pushed_at");
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellation);
        return await ReadKeysAsync(reader, cancellation);
    }

    /// <summary>
    /// Deletes data that no replica needs any more: writes older than an hour, the rows of groups that were deleted before them,
    /// forgotten idempotency keys, and replicas that were not seen for an hour.
    /// </summary>
    /// <param name="forgottenBefore">Nanoseconds since 1970.</param>
    /// <param name="maxKeys">The maximum number of keys that a replica remembers.</param>
    public async Task PruneAsync(long forgottenBefore, int maxKeys, CancellationToken cancellation)
    {
        await using NpgsqlBatch batch = _connection.CreateBatch();
        batch.Add("begin");
        batch.Add($"select from {_schema}.head for update");
        batch.Add(
            $"""
            delete from {_schema}.batches
            where committed_at < clock_timestamp() - interval '1 hour' and revision < (select revision from {_schema}.head)
            """);
        batch.Add(
            $"""
            delete from {_schema}.groups
            where payload is null and revision <= (select min(revision) from {_schema}.batches)
            """);
        batch.Add(
            $"""
            delete from {_schema}.idempotency_keys
            where pushed_at < $1 or hash in (
                select hash from {_schema}.idempotency_keys order by revision desc, pushed_at desc offset $2)
            """,
            Sql.Number(forgottenBefore),
            Sql.Number(maxKeys));
        batch.Add($"delete from {_schema}.replicas where seen_at < clock_timestamp() - interval '1 hour'");
        batch.Add("commit");
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private void AddGroups(NpgsqlBatch batch, IReadOnlyList<GroupRow> groups, long revision) => batch.Add(
        $"""
        insert into {_schema}.groups (id, grouping_key, payload, revision)
        select id, grouping_key, payload, $4 from unnest($1, $2, $3) as changed (id, grouping_key, payload)
        on conflict (id) do update set payload = excluded.payload, revision = excluded.revision
        """,
        Sql.Bytes([.. groups.Select(row => row.Id)]),
        Sql.Bytes([.. groups.Select(row => row.Key)]),
        Sql.Bytes([.. groups.Select(row => row.Payload)]),
        Sql.Number(revision));

    private NpgsqlBatch ChangesBatch(string begin, string headLock, ClusterPosition since)
    {
        NpgsqlBatch batch = _connection.CreateBatch();
        batch.Add(begin);
        batch.Add($"select revision from {_schema}.head{headLock}");

        // In a separate statement, which sees commits that happened while the previous one waited for the lock.
        batch.Add(
            $"""
            select b.revision, b.id from {_schema}.batches b
            where b.revision = $1 or b.revision = (select revision from {_schema}.head)
            order by b.revision
            """,
            Sql.Number(since.Revision));
        batch.Add(
            $"select grouping_key, payload from {_schema}.groups where revision > $1 order by revision",
            Sql.Number(since.Revision));
        batch.Add(
            $"select hash, pushed_at from {_schema}.idempotency_keys where revision > $1 order by revision, pushed_at",
            Sql.Number(since.Revision));
        return batch;
    }

    private async Task<ClusterChanges?> ReadChangesAsync(
        NpgsqlBatch batch, ClusterPosition since, CancellationToken cancellation)
    {
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        bool isContinued = false;
        ClusterPosition position = since;
        while (await reader.ReadAsync(cancellation))
        {
            position = new ClusterPosition(reader.GetInt64(0), reader.GetGuid(1));
            isContinued |= position == since;
        }
        if (!isContinued)
        {
            return null;
        }
        await reader.NextResultAsync(cancellation);
        var groups = new List<GroupState>();
        while (await reader.ReadAsync(cancellation))
        {
            groups.Add(ReadGroup(reader));
        }
        await reader.NextResultAsync(cancellation);
        return new ClusterChanges(position, groups, await ReadKeysAsync(reader, cancellation));
    }

    private GroupState ReadGroup(NpgsqlDataReader reader) => _decoder.Decode(
        reader.GetFieldValue<byte[]>(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1));

    private static async Task<List<RememberedKey>> ReadKeysAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        var keys = new List<RememberedKey>();
        while (await reader.ReadAsync(cancellation))
        {
            UInt128 hash = BinaryPrimitives.ReadUInt128BigEndian(reader.GetFieldValue<byte[]>(0));
            keys.Add(new RememberedKey(hash, reader.GetInt64(1)));
        }
        return keys;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private void ThrowIfWarned()
    {
        if (_warning is { } warning)
        {
            throw new NpgsqlException($"the database committed with a warning: {warning}");
        }
    }

    private static byte[] ToBytes(UInt128 hash)
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, hash);
        return bytes;
    }
}
