using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>
/// A PostgreSQL with a synchronous standby. A commit is acknowledged only after the standby has it, so that a failover at any
/// time loses no acknowledged commit.
/// </summary>
internal sealed class PostgresPair : IAsyncDisposable
{
    private static readonly string[] Settings =
    [
        "synchronous_standby_names=*", "max_wal_size=64MB", "min_wal_size=32MB", "wal_keep_size=48MB", "max_connections=60",
        "wal_receiver_timeout=5s", "wal_sender_timeout=5s",
    ];

    private readonly PostgresServer?[] _servers = new PostgresServer?[2];
    private readonly long _diskBytes;
    private int _primary;

    private PostgresPair(long diskBytes) => _diskBytes = diskBytes;

    public PostgresServer Primary => _servers[_primary]!;

    public PostgresServer? Standby => _servers[1 - _primary];

    /// <summary>The ports of both places; 0 where no server is.</summary>
    public int[] Ports => [.. _servers.Select(server => server?.Port ?? 0)];

    /// <summary>Starts both. Skips the running test if PostgreSQL is not installed.</summary>
    /// <param name="diskBytes">The size of a disk for each, if it may be mounted; 0 for none.</param>
    public static async Task<PostgresPair> StartAsync(long diskBytes = 0)
    {
        PostgresServer.BinaryOrSkip("pg_basebackup");
        var pair = new PostgresPair(diskBytes);
        try
        {
            pair._servers[0] = new PostgresServer();
            await pair.Primary.InitializeAsync(diskBytes, Settings);
            await pair.AddStandbyAsync();
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
        return pair;
    }

    /// <summary>Kills the primary, and promotes the standby. Nothing can be written before <see cref="AddStandbyAsync"/>.</summary>
    public async Task FailOverAsync()
    {
        PostgresServer old = Primary;
        await old.KillHardAsync();
        await Standby!.PromoteAsync();
        _servers[_primary] = null;
        _primary = 1 - _primary;
        await old.DisposeAsync();
    }

    /// <summary>Creates a new standby, and waits until it is synchronous.</summary>
    public async Task AddStandbyAsync()
    {
        Assert.Null(Standby);
        var standby = new PostgresServer();
        _servers[1 - _primary] = standby;
        await standby.FollowAsync(Primary, _diskBytes, Settings);
        await WaitForStandbyAsync();
    }

    public Task WaitForStandbyAsync() => Deadline.UntilAsync(
        Deadline.Start,
        "the standby is synchronous",
        async _ => await Primary.QueryAsync("select count(*) from pg_stat_replication where sync_state = 'sync'") is 1L,
        () => Primary.Log + Standby?.Log);

    public async ValueTask DisposeAsync()
    {
        foreach (PostgresServer? server in _servers.Reverse())
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }
    }
}
