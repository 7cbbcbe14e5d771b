using System.Globalization;
using Npgsql;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>
/// A PostgreSQL server in a temporary folder of its own. It does not sync: what it acknowledged survives its own death, not the
/// machine's. Root runs it as another user, since it refuses to run as root.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    public const string User = "gateway";
    public const string Password = "s3cret-w0rd";

    private const string Service = "postgres";

    private readonly string _folder = Directory.CreateTempSubdirectory("postgres-test-").FullName;
    private ChildProcess? _process;
    private int _clusters;

    public int Port { get; } = LoopbackPort.Next();

    /// <summary>For <c>--cluster.postgres</c>.</summary>
    public string Url => string.Create(
        CultureInfo.InvariantCulture, $"postgres://{User}:{Password}@127.0.0.1:{Port}/postgres");

    /// <summary>The number of the process; changes with a restart.</summary>
    public int Id => _process!.Id;

    private string DataFolder => Path.Combine(_folder, "data");

    /// <summary>The name of a cluster that no other test has.</summary>
    public string NextCluster() =>
        string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _clusters)}");

    /// <summary>Skips the running test if PostgreSQL is not installed.</summary>
    public static string BinaryOrSkip(string name)
    {
        string? found = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal)
                .Select(version => Path.Combine(version, "bin", name)).LastOrDefault(File.Exists)
            : null;
        Assert.SkipWhen(found is null, $"{name} is not installed (Debian package postgresql)");
        return found;
    }

    public async ValueTask InitializeAsync()
    {
        if (!Directory.Exists("/usr/lib/postgresql"))
        {
            return;
        }
        string password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, Password);
        if (Environment.IsPrivilegedProcess)
        {
            (await ChildProcess.RunAsync("chown", ["-R", Service, _folder])).OutputOfSuccess();
        }
        (await RunAsync(
            BinaryOrSkip("initdb"), "-D", DataFolder, "-U", User, "-A", "scram-sha-256", $"--pwfile={password}", "--no-sync"))
            .OutputOfSuccess();
        await StartAsync();
    }

    /// <summary>Starts the server, after <see cref="KillAsync"/> again.</summary>
    public async Task StartAsync(params string[] settings)
    {
        string[] own =
        [
            "-D", DataFolder, "-p", Port.ToString(CultureInfo.InvariantCulture), "-k", _folder, "-c", "listen_addresses=127.0.0.1",
            "-c", "fsync=off", "-c", "shared_buffers=32MB",
        ];
        (string program, string[] arguments) = AsUser(BinaryOrSkip("postgres"), [.. own, .. settings.SelectMany(one => new[] { "-c", one })]);
        _process = ChildProcess.Start(program, arguments, _folder);
        await Deadline.UntilAsync(Deadline.Start, "PostgreSQL answers", IsReadyAsync, () => _process.Errors);
    }

    /// <summary>Ends the server at once, as a crash does.</summary>
    public async Task KillAsync()
    {
        UnixSignal.Quit.SendTo(Id);
        await _process!.WaitForExitAsync(Deadline.Stop);
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Runs a statement, and returns the first column of its first row.</summary>
    public async Task<object?> QueryAsync(string sql)
    {
        await using NpgsqlDataSource source = Source();
        await using NpgsqlCommand command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private NpgsqlDataSource Source()
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = Port, Username = User, Password = Password, Database = "postgres", Pooling = false,
        };
        return new NpgsqlSlimDataSourceBuilder(settings.ConnectionString).Build();
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        try
        {
            await using NpgsqlDataSource source = Source();
            await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellation);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static Task<ToolResult> RunAsync(string program, params string[] arguments)
    {
        (program, arguments) = AsUser(program, arguments);
        return ChildProcess.RunAsync(program, arguments);
    }

    private static (string Program, string[] Arguments) AsUser(string program, string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? ("setpriv", [$"--reuid={Service}", $"--regid={Service}", "--clear-groups", program, .. arguments])
            : (program, arguments);
}
