using System.Globalization;
using Npgsql;
using PushGateway.CommandLine;
using PushGateway.Logging;

namespace PushGateway.Durability.Postgres;

/// <summary>A replica, as other replicas see it.</summary>
/// <param name="Seen">The time since it last reported its presence.</param>
internal sealed record ReplicaInfo(
    string Name, Guid Instance, string Version, long AppliedRevision, TimeSpan Seen, bool HoldsLease);

/// <summary>The cluster, as one replica sees it.</summary>
/// <param name="Revision">The last write of the cluster.</param>
/// <param name="Lag">The time since the first write that this replica has not applied; zero if it has applied all.</param>
/// <param name="Replicas">Ordered by name; empty before the first read of the database.</param>
/// <param name="At">The time of this view, as a timestamp of the monotonic clock.</param>
internal sealed record ClusterView(long Revision, TimeSpan Lag, IReadOnlyList<ReplicaInfo> Replicas, long At)
{
    public static readonly ClusterView Unknown = new(0, TimeSpan.Zero, [], At: 0);
}

/// <summary>
/// Reports this replica to the others, listens for their writes, and competes for the lease. The holder of the lease expires
/// groups, and is the only one to show them with --cluster.scrape=lease. Uses its own connection, so that a long write does not
/// lose the lease.
/// </summary>
/// <remarks>
/// The holder trusts its lease for a shorter time than the others wait, measured by its monotonic clock from before its request.
/// After a failover, the last renewals may be lost and the clock of the server differs. So a replica does not take the lease
/// until it has been connected for longer than a holder trusts the previous server.
/// </remarks>
internal sealed class ReplicaPresence(
    GatewayOptions options, PostgresSource source, ReplicaStatus status, TimeProvider time, ILogger<ReplicaPresence> logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the holder trusts a renewal.</summary>
    private static readonly TimeSpan HeldFor = TimeSpan.FromMilliseconds(2000);

    /// <summary>How long the others wait after a renewal, in SQL.</summary>
    private const string WaitedFor = "interval '3 seconds'";

    /// <summary>How long a replica must be connected before it may take the lease, in SQL.</summary>
    private const string ConnectedFor = "interval '3 seconds'";

    /// <summary>The maximum time since a running replica of the same name was last seen, in SQL.</summary>
    private const string RunsWithin = "interval '3 seconds'";

    /// <summary>How long to report a replica of the same name after it was last seen.</summary>
    private static readonly TimeSpan NamesakeReport = TimeSpan.FromSeconds(10);

    /// <summary>The maximum age of the store. It is confirmed each second, unless a write takes longer.</summary>
    private static readonly TimeSpan MaxHolderStaleness = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MaxEnd = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _closing = new();
    private readonly string _schema = $"\"{options.ClusterName.Text}\"";
    private Task _loop = Task.CompletedTask;

    /// <summary>A timestamp of the monotonic clock.</summary>
    private long _heldUntil = long.MinValue;

    private bool _isStarted;

    /// <summary>Whether the row of this name has belonged to this process. Another process in it then runs at the same time.</summary>
    private bool _hasBeaten;

    /// <summary>A timestamp of the monotonic clock; null for never.</summary>
    private long? _namesakeAt;

    private volatile bool _hasNamesake;
    private volatile ClusterView _view = ClusterView.Unknown;

    /// <summary>The identifier of this process among the replicas.</summary>
    public Guid Instance { get; } = Guid.NewGuid();

    public string Name { get; } = ClusterAddress.NameOf(options);

    public ClusterView View => _view;

    /// <summary>Whether another running replica has the same name, so that one hides the other in the list.</summary>
    public bool HasNamesake => _hasNamesake;

    /// <summary>Whether the store is current, which is required to expire and show groups.</summary>
    private bool MayHoldLease => status.IsLoaded && status.Staleness(time) < MaxHolderStaleness;

    public bool HoldsLease => time.GetTimestamp() < Interlocked.Read(ref _heldUntil);

    /// <summary>Begins. Call it when the tables exist. Later calls do nothing.</summary>
    /// <param name="written">Called with the revision of each write.</param>
    public void Start(Action<long> written)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _loop = Task.Run(() => RunAsync(written));
        }
    }

    /// <summary>Releases the lease, and leaves the list of replicas.</summary>
    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _heldUntil, long.MinValue);
        await _closing.CancelAsync();
        await Task.WhenAny(_loop, Task.Delay(MaxEnd, time));
    }

    private async Task RunAsync(Action<long> written)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = await source.OpenAsync(_closing.Token);
                await ServeAsync(connection, written);
                await LeaveAsync(connection);
            }
            catch (Exception exception) when (!_closing.IsCancellationRequested)
            {
                // The loop of the service reports why the database is unavailable.
                logger.ClusterHeartbeatFailed(PostgresFault.Describe(exception));
                await Task.Delay(Period, time, CancellationToken.None);
            }
            catch (Exception)
            {
                // The other replicas notice after a timeout.
                return;
            }
        }
    }

    private async Task ServeAsync(NpgsqlConnection connection, Action<long> written)
    {
        connection.Notification += (_, notification) => written(
            long.TryParse(notification.Payload, CultureInfo.InvariantCulture, out long revision) ? revision : long.MaxValue);
        await ExecuteAsync(connection, $"listen \"{ReplicaSession.ChannelOf(options.ClusterName.Text)}\"");
        await ExecuteAsync(
            connection,
            "set synchronous_commit = local; select set_config('pushgateway.connected_at', clock_timestamp()::text, false)");
        while (!_closing.IsCancellationRequested)
        {
            long began = time.GetTimestamp();
            await BeatAsync(connection, began);
            bool isNotified = true;
            while (isNotified && Period - time.GetElapsedTime(began) is { Ticks: > 0 } left)
            {
                isNotified = await connection.WaitAsync(left, CancellationToken.None);
            }
        }
    }

    /// <summary>Reports this replica, renews the lease or takes it if it is free, and reads the state of the others.</summary>
    private async Task BeatAsync(NpgsqlConnection connection, long began)
    {
        await using NpgsqlBatch batch = connection.CreateBatch();
        batch.Add(
            $"""
            select exists (select from {_schema}.replicas
                where name = $1 and instance <> $2 and seen_at > clock_timestamp() - {RunsWithin})
            """,
            Sql.Text(Name),
            Sql.Id(Instance));
        batch.Add(
            $"""
            insert into {_schema}.replicas (name, instance, version, applied_revision, seen_at)
            values ($1, $2, $3, $4, clock_timestamp())
            on conflict (name) do update set instance = excluded.instance, version = excluded.version,
                applied_revision = excluded.applied_revision, seen_at = excluded.seen_at
            """,
            Sql.Text(Name),
            Sql.Id(Instance),
            Sql.Text(BuildInfo.Current.Version),
            Sql.Number(status.AppliedRevision));
        batch.Add(
            $"""
            update {_schema}.lease set holder = $1, valid_until = clock_timestamp() + {WaitedFor}
            where $2 and (holder = $1 or (valid_until < clock_timestamp()
                and current_setting('pushgateway.connected_at')::timestamptz < clock_timestamp() - {ConnectedFor}))
            """,
            Sql.Id(Instance),
            Sql.Flag(MayHoldLease));
        batch.Add(
            $"""
            select r.name, r.instance, r.version, r.applied_revision,
                extract(epoch from clock_timestamp() - r.seen_at)::float8,
                r.instance = l.holder and l.valid_until > clock_timestamp()
            from {_schema}.replicas r cross join {_schema}.lease l order by r.name
            """);
        batch.Add(
            $"""
            select h.revision, coalesce(extract(epoch from clock_timestamp() - (
                select min(committed_at) from {_schema}.batches where revision > $1)), 0)::float8
            from {_schema}.head h
            """,
            Sql.Number(status.AppliedRevision));
        var replicas = new List<ReplicaInfo>();
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(CancellationToken.None);
        await reader.ReadAsync();
        ReportNamesake(reader.GetBoolean(0), began);
        await reader.NextResultAsync();
        while (await reader.ReadAsync())
        {
            bool holdsLease = !reader.IsDBNull(5) && reader.GetBoolean(5);
            replicas.Add(new ReplicaInfo(
                reader.GetString(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt64(3),
                TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(4))), holdsLease));
        }
        await reader.NextResultAsync();
        await reader.ReadAsync();
        var lag = TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(1)));
        _view = new ClusterView(reader.GetInt64(0), lag, replicas, began);
        bool isHolder = replicas.Exists(replica => replica.Instance == Instance && replica.HoldsLease);
        bool trusts = isHolder && MayHoldLease && !_closing.IsCancellationRequested;
        Interlocked.Exchange(
            ref _heldUntil, trusts ? began + (long)(HeldFor.TotalSeconds * time.TimestampFrequency) : long.MinValue);
    }

    /// <summary>At the first beat, the other process may be a crashed one that this process replaces.</summary>
    private void ReportNamesake(bool isThere, long now)
    {
        if (isThere && _hasBeaten)
        {
            _namesakeAt = now;
            if (!_hasNamesake)
            {
                logger.ClusterNameTaken(Name);
            }
        }
        _hasBeaten = true;
        _hasNamesake = _namesakeAt is { } at && time.GetElapsedTime(at) < NamesakeReport;
    }

    /// <summary>Releases the lease, so that another replica can take it at once.</summary>
    private async Task LeaveAsync(NpgsqlConnection connection)
    {
        await using NpgsqlBatch batch = connection.CreateBatch();
        batch.Add($"delete from {_schema}.replicas where name = $1 and instance = $2", Sql.Text(Name), Sql.Id(Instance));
        batch.Add(
            $"update {_schema}.lease set holder = null, valid_until = clock_timestamp() where holder = $1", Sql.Id(Instance));
        await batch.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
