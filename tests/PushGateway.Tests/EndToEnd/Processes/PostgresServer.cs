using System.Globalization;
using Npgsql;
using PushGateway.Tests.EndToEnd.Disk;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>
/// A PostgreSQL server in a temporary folder. It does not sync, so acknowledged writes survive its crash, but not the machine's.
/// Root runs it as another user, since it does not run as root.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    public const string User = "gateway";
    public const string Password = "s3cret-w0rd";

    private const string Service = "postgres";

    private readonly string _folder = Directory.CreateTempSubdirectory("postgres-test-").FullName;
    private ChildProcess? _process;
    private SmallDisk? _disk;
    private string[] _settings = [];
    private int _clusters;

    public int Port { get; } = LoopbackPort.Next();

    /// <summary>For <c>--cluster.postgres</c>.</summary>
    public string Url => string.Create(
        CultureInfo.InvariantCulture, $"postgres://{User}:{Password}@127.0.0.1:{Port}/postgres");

    /// <summary>The number of the process; changes with a restart.</summary>
    public int Id => _process!.Id;

    public bool HasExited => _process is null or { HasExited: true };

    /// <summary>Its log so far.</summary>
    public string Log => _process?.Errors ?? "";

    /// <summary>A disk of its own, if <see cref="InitializeAsync(long, string[])"/> could mount one.</summary>
    internal SmallDisk? Disk => _disk;

    private string DataFolder => Path.Combine(_disk?.Folder ?? _folder, "data");

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
        if (Directory.Exists("/usr/lib/postgresql"))
        {
            await InitializeAsync(diskBytes: 0);
        }
    }

    /// <summary>Makes and starts an empty server.</summary>
    /// <param name="diskBytes">The size of a disk of its own, if it may be mounted; 0 for none.</param>
    /// <param name="settings"><c>name=value</c>.</param>
    public async Task InitializeAsync(long diskBytes, params string[] settings)
    {
        string password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, Password);
        await PrepareFoldersAsync(diskBytes);
        (await RunAsync(
            BinaryOrSkip("initdb"), "-D", DataFolder, "-U", User, "-A", "scram-sha-256", $"--pwfile={password}", "--no-sync"))
            .OutputOfSuccess();
        await StartAsync(settings);
    }

    /// <summary>Makes and starts a standby of another server.</summary>
    public async Task FollowAsync(PostgresServer primary, long diskBytes, params string[] settings)
    {
        await PrepareFoldersAsync(diskBytes);
        (string program, string[] arguments) = AsUser(
            BinaryOrSkip("pg_basebackup"),
            [
                "-D", DataFolder, "-h", "127.0.0.1", "-p", primary.Port.ToString(CultureInfo.InvariantCulture), "-U", User, "-R",
                "-X", "stream", "-c", "fast", "--no-sync",
            ]);
        (await ChildProcess.RunAsync(program, arguments, ("PGPASSWORD", Password))).OutputOfSuccess();
        await StartAsync(settings);
    }

    /// <summary>Makes a standby the primary.</summary>
    public async Task PromoteAsync() =>
        (await RunAsync(BinaryOrSkip("pg_ctl"), "promote", "-D", DataFolder, "-w", "-t", "30")).OutputOfSuccess();

    /// <summary>Starts the server again, with the settings that it had.</summary>
    public Task RestartAsync() => StartAsync(_settings);

    /// <summary>Starts the server, after <see cref="KillAsync"/> again.</summary>
    public async Task StartAsync(params string[] settings)
    {
        _settings = settings;
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

    /// <summary>Ends all its processes by SIGKILL.</summary>
    public async Task KillHardAsync()
    {
        if (_process is not null)
        {
            SendToAll(UnixSignal.Kill);
        }
        await ReapAsync();
    }

    /// <summary>Drops the reference to the process, which has ended or will end soon.</summary>
    public async Task ReapAsync()
    {
        if (_process is { } process)
        {
            await process.WaitForExitAsync(Deadline.Stop);
            await process.DisposeAsync();
            _process = null;
        }
    }

    /// <summary>Sends a signal to the server and to its children.</summary>
    public void SendToAll(UnixSignal signal)
    {
        // Any of them may have ended.
        foreach (int process in (int[])[Id, .. ChildrenOf(Id)])
        {
            signal.TrySendTo(process);
        }
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
        if (!HasExited)
        {
            await KillHardAsync();
        }
        await ReapAsync();
        _disk?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static IEnumerable<int> ChildrenOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/task/{process}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return [];
        }
    }

    private async Task PrepareFoldersAsync(long diskBytes)
    {
        _disk = diskBytes > 0 ? SmallDisk.TryMount(diskBytes) : null;
        if (Environment.IsPrivilegedProcess)
        {
            (await ChildProcess.RunAsync("chown", ["-R", Service, _folder, .. _disk is null ? [] : new[] { _disk.Folder }]))
                .OutputOfSuccess();
        }
    }

    private NpgsqlDataSource Source()
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = User,
            Password = Password,
            Database = "postgres",
            Pooling = false,
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
