using Npgsql;
using PushGateway.CommandLine;

namespace PushGateway.Durability.Postgres;

/// <summary>Opens connections to the primary of the cluster's database.</summary>
internal sealed class PostgresSource : IAsyncDisposable
{
    /// <summary>The minimum version. Older servers lack the settings of a session below, and are no longer supported by PostgreSQL.</summary>
    private static readonly Version MinServerVersion = new(12, 0);

    /// <summary>How long to wait for a connection.</summary>
    private const int ConnectSeconds = 3;

    /// <summary>How long to wait for a response. A commit of a large body may wait for a standby.</summary>
    public const int CommandSeconds = 8;

    private readonly NpgsqlDataSource _source;

    /// <exception cref="StartException">The address is malformed.</exception>
    public PostgresSource(string address)
    {
        if (!PostgresUrl.TryParse(address, out NpgsqlConnectionStringBuilder? settings, out string? error))
        {
            throw new StartException($"the address of the database {error}");
        }
        settings.ApplicationName ??= "pushgateway";
        settings.TargetSessionAttributes = null;
        settings.Pooling = false;
        settings.Enlist = false;
        settings.MaxAutoPrepare = 20;
        settings.AutoPrepareMinUsages = 2;
        settings.TcpKeepAlive = true;
        settings.TcpKeepAliveTime = 5;
        settings.TcpKeepAliveInterval = 2;
        settings.Timeout = ConnectSeconds;
        settings.CommandTimeout = CommandSeconds;
        settings.CancellationTimeout = 1000;

        // After a failover, the primary is at the address of the former standby.
        settings.HostRecheckSeconds = 0;
        Database = settings.Database ?? settings.Username ?? "";
        try
        {
            _source = Build(settings);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            // The message may quote the value.
            throw new StartException($"the address of the database is malformed; {PostgresUrl.Expected}");
        }
    }

    /// <summary>The name of the database, for messages.</summary>
    public string Database { get; }

    /// <summary>
    /// A new connection to the primary. Timeouts grow in this order: the server ends a session that hangs within a transaction,
    /// other sessions stop waiting for it, and the connection fails.
    /// </summary>
    /// <exception cref="NpgsqlException">No server responds, or none is the primary.</exception>
    /// <exception cref="PostgresUnusableException">The server is too old.</exception>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellation)
    {
        NpgsqlConnection connection = _source.CreateConnection();
        try
        {
            await connection.OpenAsync(cancellation);
            ThrowIfTooOld(connection.PostgreSqlVersion);
            await using NpgsqlCommand settings = connection.CreateCommand();
            settings.CommandText = """
                select pg_is_in_recovery(),
                    set_config('lock_timeout', '6s', false),
                    set_config('idle_in_transaction_session_timeout', '4s', false),
                    set_config('tcp_keepalives_idle', '5', false),
                    set_config('tcp_keepalives_interval', '2', false),
                    set_config('tcp_keepalives_count', '3', false)
                """;
            if ((bool)(await settings.ExecuteScalarAsync(cancellation))!)
            {
                throw new PostgresUnusableException("the database is a read-only standby; the primary is needed", isPermanent: false);
            }
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <exception cref="PostgresUnusableException">The server is too old.</exception>
    internal static void ThrowIfTooOld(Version server)
    {
        if (server < MinServerVersion)
        {
            throw new PostgresUnusableException(
                $"the database is PostgreSQL {server}; {MinServerVersion.Major} or newer is needed");
        }
    }

    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();

        // For a single host, its own error gives the reason.
        return settings.Host!.Contains(',', StringComparison.Ordinal)
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary)
            : builder.Build();
    }
}

/// <summary>The server that responds cannot be used.</summary>
/// <param name="isPermanent">Whether an operator must act. If not, waiting may help: a standby may become the primary.</param>
internal sealed class PostgresUnusableException(string message, bool isPermanent = true) : Exception(message)
{
    public bool IsPermanent => isPermanent;
}
