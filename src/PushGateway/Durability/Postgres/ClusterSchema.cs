using Npgsql;

namespace PushGateway.Durability.Postgres;

/// <summary>The tables of a cluster, in a schema with the cluster's name.</summary>
/// <remarks>
/// <para>head: one row, which orders all writes. Each write locks it and increments its revision.</para>
/// <para>batches: the recent writes. They show a replica whether its own state is part of the database's history.</para>
/// <para>groups: one row for each group, with the revision that changed it last. A row without a payload marks a deleted
/// group. It is removed when all recent writes are newer.</para>
/// </remarks>
internal static class ClusterSchema
{
    /// <summary>The version that this gateway creates.</summary>
    public const int Version = 1;

    /// <summary>The statements that create missing objects. They may run repeatedly, and while replicas of the previous version run.</summary>
    /// <param name="name">The name of the cluster, which needs no escaping: see <see cref="CommandLine.ClusterName"/>.</param>
    public static string Script(string name) =>
        $"""
        create schema if not exists "{name}";

        create table if not exists "{name}".head (
            id integer primary key check (id = 1),
            schema_version integer not null,
            revision bigint not null
        );

        create table if not exists "{name}".batches (
            revision bigint primary key,
            id uuid not null,
            committed_at timestamptz not null default clock_timestamp()
        );
        create index if not exists batches_id on "{name}".batches (id);

        create table if not exists "{name}".groups (
            id bytea primary key,
            grouping_key bytea not null,
            payload bytea,
            revision bigint not null
        ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
        create index if not exists groups_revision on "{name}".groups (revision);

        create table if not exists "{name}".idempotency_keys (
            hash bytea primary key,
            pushed_at bigint not null,
            revision bigint not null
        );
        create index if not exists idempotency_keys_revision on "{name}".idempotency_keys (revision);

        create table if not exists "{name}".replicas (
            name text primary key,
            instance uuid not null,
            version text not null,
            applied_revision bigint not null,
            seen_at timestamptz not null
        );

        create table if not exists "{name}".lease (
            id integer primary key check (id = 1),
            holder uuid,
            valid_until timestamptz not null
        );

        insert into "{name}".batches (revision, id) values (0, gen_random_uuid()) on conflict do nothing;
        insert into "{name}".lease values (1, null, clock_timestamp()) on conflict do nothing;
        insert into "{name}".head values (1, {Version}, 0) on conflict do nothing;

        """;

    /// <summary>Creates missing tables, if the role may do so.</summary>
    /// <exception cref="PostgresUnusableException">The tables are of a later version, or missing and the role may not create them.</exception>
    public static async Task EnsureAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        try
        {
            if (await FindVersionAsync(connection, name, cancellation) is not { } version)
            {
                await CreateAsync(connection, name, cancellation);
            }
            else if (version > Version)
            {
                throw new PostgresUnusableException(
                    $"the tables of the cluster {name} are of version {version}, and this gateway supports version {Version}:"
                    + " upgrade this replica");
            }
            if (await FindMissingRightsAsync(connection, name, cancellation) is { } missing)
            {
                throw NoRights(name, $"it lacks {missing}");
            }
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw NoRights(name, exception.MessageText);
        }
    }

    /// <summary>Whether the cluster exists in the database.</summary>
    public static async Task<bool> ExistsAsync(PostgresSource source, string name, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await source.OpenAsync(cancellation);
        return await FindVersionAsync(connection, name, cancellation) is not null;
    }

    private static PostgresUnusableException NoRights(string name, string detail) => new(
        $"the role has no rights to the tables of the cluster {name}: {detail}. `pushgateway cluster schema` prints what an"
        + " administrator has to run");

    /// <summary>The privileges that the role lacks, such as <c>update on head</c>; null for none.</summary>
    private static async Task<string?> FindMissingRightsAsync(
        NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = $"""
            select string_agg(privilege || ' on ' || name, ', ') from (values
                ('head', 'update'),
                ('batches', 'select'), ('batches', 'insert'), ('batches', 'delete'),
                ('groups', 'select'), ('groups', 'insert'), ('groups', 'update'), ('groups', 'delete'),
                ('idempotency_keys', 'select'), ('idempotency_keys', 'insert'), ('idempotency_keys', 'update'),
                ('idempotency_keys', 'delete'),
                ('replicas', 'select'), ('replicas', 'insert'), ('replicas', 'update'), ('replicas', 'delete'),
                ('lease', 'select'), ('lease', 'update')) as needed (name, privilege)
            where not has_table_privilege('"{name}".' || name, privilege)
            """;
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    /// <summary>Null if the tables are missing.</summary>
    private static async Task<int?> FindVersionAsync(
        NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = $"select schema_version from \"{name}\".head";
        try
        {
            return (int?)await command.ExecuteScalarAsync(cancellation);
        }
        catch (PostgresException exception)
            when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return null;
        }
    }

    /// <summary>Makes replicas that start together take turns.</summary>
    private static async Task CreateAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = $"""
            select pg_advisory_xact_lock(hashtext('pushgateway {name}'));
            {Script(name)}
            """;
        await command.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }
}
