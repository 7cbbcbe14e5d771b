using System.Text;
using PushGateway.CommandLine;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Tools;

/// <summary>pushgateway cluster schema, import and export, with a PostgreSQL.</summary>
public sealed class ClusterToolTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IDisposable
{
    private const string Sum = "# TYPE total counter\ntotal 1\n";
    private static readonly string[] SumHeaders = ["Pushgateway-Merge: sum", "Idempotency-Key: k1"];

    private static readonly string GoFixture = Repository.PathOf(
        "tests", "PushGateway.Core.Tests", "Persistence", "Fixtures", "go-1.11.2.data");

    private readonly string _cluster = postgres.NextCluster();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-cluster-");

    private string FilePath => Path.Combine(_folder.FullName, "metrics");

    private string[] Flags => [$"--cluster.postgres={postgres.Url}", $"--cluster.name={_cluster}"];

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The role may neither make a schema nor a table.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Schema_RunByAnAdministrator_LetsAPlainRoleRunReplicas(bool isRoleAVariable)
    {
        string psql = PostgresServer.BinaryOrSkip("psql");
        string role = $"{_cluster} \"plain\"";
        await postgres.QueryAsync($"create role \"{role.Replace("\"", "\"\"", StringComparison.Ordinal)}\" login password 'pw'");
        string url = $"postgres://{Uri.EscapeDataString(role)}:pw@127.0.0.1:{postgres.Port}/postgres";
        string[] flags = [$"--cluster.postgres={url}", $"--cluster.name={_cluster}", "--web.enable-admin-api"];
        StartException refused = await Assert.ThrowsAsync<StartException>(
            () => RunningGateway.StartAsync(flags));
        Assert.Contains("`pushgateway cluster schema` prints what an administrator has to run", refused.Message, StringComparison.Ordinal);

        ToolRun script = await ToolRun.OfAsync(
            ["cluster", "schema", $"--cluster.name={_cluster}", .. isRoleAVariable ? Array.Empty<string>() : [flags[0]]]);
        Assert.Equal((0, ""), (script.ExitCode, script.Errors));
        Assert.DoesNotContain(":pw", script.Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(FilePath, script.Output, TestContext.Current.CancellationToken);
        for (int i = 0; i < 2; i++)
        {
            ToolResult run = await ChildProcess.RunAsync(
                psql, [postgres.Url, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", $"role={role}", "-f", FilePath]);
            Assert.DoesNotContain("ERROR", run.OutputOfSuccess() + run.Errors, StringComparison.Ordinal);
        }

        await using RunningGateway gateway = await RunningGateway.StartAsync(flags);
        Assert.Equal(200, (await gateway.SendAsync("POST", "/metrics/job/a", Sum, SumHeaders)).Status);
        Assert.Equal(202, (await gateway.SendAsync("PUT", "/api/v1/admin/wipe")).Status);
        await postgres.QueryAsync(
            $"insert into {_cluster}.replicas values ('x', gen_random_uuid(), 'v', 0, clock_timestamp() - interval '2 hours')");
        gateway.Time.Advance(TimeSpan.FromSeconds(61));
        await Deadline.UntilAsync(Deadline.Change, "the old row is pruned", async _ =>
            0L.Equals(await postgres.QueryAsync($"select count(*) from {_cluster}.replicas where name = 'x'")));
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/a", "m 1\n")).Status);
        Assert.Empty(gateway.Log.OfLevel("warn").Concat(gateway.Log.OfLevel("error")));
    }

    [Fact]
    public async Task Import_FileWithItsJournal_ShowsAtARunningReplicaAtOnce()
    {
        string stored = await WriteFilesAsync();
        await using RunningGateway replica = await StartAsync();

        ToolRun run = await RunAsync("import", FilePath);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal($"imported 3 groups and 1 idempotency keys into the cluster {_cluster}\n", run.Output);
        await Deadline.UntilAsync(
            Deadline.Change, "the replica has the groups", async _ => await replica.StoredJsonAsync() == stored);
        Assert.Equal(["metrics", "metrics.journal"], Names());

        // The key and the terms came, too.
        Assert.Equal(200, (await replica.SendAsync("POST", "/metrics/job/sum", Sum, SumHeaders)).Status);
        Assert.Contains("total{instance=\"\",job=\"sum\"} 1", await replica.PushedSamplesAsync());
        Assert.Contains("\"ttl\":3600", (await replica.SendAsync("GET", "/api/v1/groups/job/b")).Body, StringComparison.Ordinal);
        await using RunningGateway later = await StartAsync("later");
        Assert.Equal(stored, await later.StoredJsonAsync());
    }

    [Fact]
    public async Task Import_FileOfTheGoPushgateway_HasItsGroups()
    {
        await using RunningGateway alone = await StartWithCopyAsync(GoFixture);
        string stored = await alone.StoredJsonAsync();

        Assert.Equal(0, (await RunAsync("import", GoFixture)).ExitCode);

        await using RunningGateway replica = await StartAsync();
        Assert.Equal(stored, await replica.StoredJsonAsync());
        Assert.NotEqual(0, replica.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Import_ClusterWithGroups_IsRefusedAndChangesNothing()
    {
        await using RunningGateway replica = await StartAsync();
        await replica.SendAsync("PUT", "/metrics/job/here", "m 1\n");

        ToolRun run = await RunAsync("import", GoFixture);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"prog: error: the cluster {_cluster} has 1 groups already; delete them first", run.Errors);
        Assert.Equal(200, (await replica.SendAsync("PUT", "/metrics/job/here", "m 2\n")).Status);
        Assert.Equal(1, replica.Snapshot.GroupCount);

        // A deleted group is none.
        await replica.SendAsync("DELETE", "/metrics/job/here");
        Assert.Equal((0, ""), ((run = await RunAsync("import", GoFixture)).ExitCode, run.Errors));
    }

    [Fact]
    public async Task Import_ManyLargeGroups_ComeInPartsAndTogether()
    {
        string stored;
        await using (RunningGateway alone = await RunningGateway.StartAsync($"--persistence.file={FilePath}"))
        {
            for (int i = 0; i < 12; i++)
            {
                string body = string.Concat(Enumerable.Range(0, 3000).Select(n => $"m{{n=\"{n}\",pad=\"{new string('x', 500)}\"}} {i}\n"));
                Assert.Equal(200, (await alone.SendAsync("PUT", $"/metrics/job/{i}", body)).Status);
            }
            stored = await alone.StoredJsonAsync();
            await alone.Keeper.CloseAsync();
        }
        await using RunningGateway replica = await StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var seen = new HashSet<int>();
        var watching = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    seen.Add(replica.Snapshot.GroupCount);
                    await Task.Yield();
                }
            },
            TestContext.Current.CancellationToken);

        Assert.Equal(0, (await RunAsync("import", FilePath)).ExitCode);

        await Deadline.UntilAsync(
            Deadline.Change, "the replica has the groups", _ => Task.FromResult(replica.Snapshot.GroupCount == 12));
        await stop.CancelAsync();
        await watching;
        seen.Add(replica.Snapshot.GroupCount);
        Assert.Equal([0, 12], seen.Order());
        Assert.Equal(stored, await replica.StoredJsonAsync());
    }

    [Fact]
    public async Task Import_DamagedFile_WarnsAndImportsWhatAStartWouldRestore()
    {
        await WriteFilesAsync();
        string journal = FilePath + ".journal";
        byte[] bytes = await File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(journal, bytes[..^3], TestContext.Current.CancellationToken);

        ToolRun run = await RunAsync("import", FilePath);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("prog: warning: the last record of metrics.journal is incomplete", run.Errors, StringComparison.Ordinal);
        Assert.StartsWith("imported 2 groups", run.Output);
    }

    [Fact]
    public async Task Import_FileThatAGatewayUses_IsRefused()
    {
        await using RunningGateway alone = await RunningGateway.StartAsync($"--persistence.file={FilePath}");
        await alone.SendAsync("PUT", "/metrics/job/a", "m 1\n");

        ToolRun run = await RunAsync("import", FilePath);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("another gateway uses it", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_OfACluster_IsAFileForAGatewayOnItsOwn()
    {
        string stored;
        string[] scraped;
        await using (RunningGateway replica = await StartAsync())
        {
            await PushAsync(replica);
            stored = await replica.StoredJsonAsync();
            scraped = await replica.PushedSamplesAsync();
            ToolRun run = await RunAsync("export", FilePath);
            Assert.Equal((0, $"exported 3 groups of the cluster {_cluster} to {FilePath}\n", ""), (run.ExitCode, run.Output, run.Errors));
        }
        Assert.Equal(["metrics"], Names());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(FilePath).UnixFileMode);
        Assert.Equal(0, (await ToolRun.OfAsync("inspect", FilePath)).ExitCode);

        await using RunningGateway alone = await RunningGateway.StartAsync($"--persistence.file={FilePath}");
        Assert.Equal(stored, await alone.StoredJsonAsync());
        Assert.Equal(scraped, await alone.PushedSamplesAsync());
        Assert.Equal(200, (await alone.SendAsync("POST", "/metrics/job/sum", Sum, SumHeaders)).Status);
        Assert.Equal(scraped, await alone.PushedSamplesAsync());
        Assert.Contains("\"ttl\":3600", (await alone.SendAsync("GET", "/api/v1/groups/job/b")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_OfACluster_IsAFileOfTheGoPushgateway()
    {
        await using RunningGateway replica = await StartAsync();
        await PushAsync(replica);
        Assert.Equal(0, (await RunAsync("export", FilePath)).ExitCode);

        await using GoPushgatewayProcess go = await GoPushgatewayProcess.StartAsync(FilePath);

        string scrape = await go.ScrapeAsync();
        Assert.All(await replica.PushedSamplesAsync(), line => Assert.Contains($"\n{line}\n", scrape, StringComparison.Ordinal));
        Assert.Equal(3, (await go.GroupsAsync()).Length);
    }

    [Theory]
    [InlineData("metrics", "exists, and is not overwritten")]
    [InlineData("metrics.journal", "has a journal beside it, which a start would read too")]
    public async Task Export_WhereAFileIs_IsRefused(string present, string reason)
    {
        await using RunningGateway replica = await StartAsync();
        string path = Path.Combine(_folder.FullName, present);
        await File.WriteAllTextAsync(path, "mine", TestContext.Current.CancellationToken);

        ToolRun run = await RunAsync("export", FilePath);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal([present], Names());
    }

    [Fact]
    public async Task Export_OfNoCluster_IsRefusedAndMakesNone()
    {
        PostgresServer.BinaryOrSkip("postgres");

        ToolRun run = await RunAsync("export", FilePath);

        Assert.Equal((1, $"prog: error: the database has no cluster {_cluster}\n"), (run.ExitCode, run.Errors));
        Assert.Empty(Names());
        Assert.Equal(0L, await postgres.QueryAsync($"select count(*) from pg_namespace where nspname = '{_cluster}'"));
    }

    [Theory]
    [InlineData("expected a file, before the flags", "import")]
    [InlineData("expected a file, before the flags", "export", "--cluster.name=a")]
    [InlineData("expected --cluster.postgres, --cluster.postgres-file or PUSHGATEWAY_CLUSTER_POSTGRES", "import", "/nowhere")]
    [InlineData("unknown long flag '--nope'", "export", "/nowhere", "--nope")]
    [InlineData("unexpected more", "import", "/nowhere", "more")]
    [InlineData("unexpected file", "schema", "file")]
    [InlineData("the address of the database names no host", "schema", "--cluster.postgres=postgres://u:topsecret@/m")]
    [InlineData("the address of the database names no host", "import", "/nowhere", "--cluster.postgres=postgres://u:topsecret@/m")]
    [InlineData("/nowhere: there is no such file, and no journal beside it", "import", "/nowhere", "--cluster.postgres=postgres://u:topsecret@127.0.0.1:1/m")]
    [InlineData("/no/folder/x: Could not find a part of the path", "export", "/no/folder/x", "--cluster.postgres=postgres://u:topsecret@127.0.0.1:1/m")]
    [InlineData("cannot use the cluster's database: Connection refused", "export", "/tmp/nowhere", "--cluster.postgres=postgres://u:topsecret@127.0.0.1:1/m")]
    [InlineData("--persistence.file and --cluster.postgres exclude each other", "import", "/nowhere", "--cluster.postgres=postgres://u:topsecret@127.0.0.1:1/m", "--persistence.file=x")]
    public async Task Run_WrongArguments_EndsWith1AndAReason(string reason, params string[] args)
    {
        ToolRun run = await ToolRun.OfAsync(["cluster", .. args]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"prog: error: {reason}", run.Errors);
        Assert.DoesNotContain("topsecret", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WrongPassword_SaysSoWithoutIt()
    {
        PostgresServer.BinaryOrSkip("postgres");
        string url = postgres.Url.Replace(PostgresServer.Password, "topsecret", StringComparison.Ordinal);

        ToolRun run = await ToolRun.OfAsync("cluster", "export", FilePath, $"--cluster.postgres={url}");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("prog: error: cannot use the cluster's database: password authentication failed", run.Errors);
        Assert.DoesNotContain("topsecret", run.Errors, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    private string[] Names() => [.. _folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];

    private Task<ToolRun> RunAsync(string command, string file) => ToolRun.OfAsync(["cluster", command, file, .. Flags]);

    private Task<RunningGateway> StartAsync(string replica = "first")
    {
        PostgresServer.BinaryOrSkip("postgres");
        return RunningGateway.StartAsync((string[])[.. Flags, $"--cluster.replica={replica}"]);
    }

    private Task<RunningGateway> StartWithCopyAsync(string file)
    {
        PostgresServer.BinaryOrSkip("postgres");
        File.Copy(file, FilePath);
        return RunningGateway.StartAsync($"--persistence.file={FilePath}");
    }

    private static async Task PushAsync(RunningGateway gateway)
    {
        Assert.Equal(200, (await gateway.SendAsync("POST", "/metrics/job/sum", Sum, SumHeaders)).Status);
        await gateway.SendAsync("PUT", "/metrics/job/a/zone@base64/8J-Yig", Encoding.UTF8.GetBytes("# HELP m é\n# TYPE m counter\nm{b=\"2\"} 2\nm 1\n"));
        await gateway.SendAsync("PUT", "/metrics/job/b", "n 1\n", "Pushgateway-TTL: 1h");
    }

    /// <summary>Two groups in the file, and one in the journal. Gives what a gateway shows of them.</summary>
    private async Task<string> WriteFilesAsync()
    {
        PostgresServer.BinaryOrSkip("postgres");
        string running = Path.Combine(_folder.CreateSubdirectory("running").FullName, "metrics");
        string[] flags = [$"--persistence.file={running}", "--persistence.interval=24h"];
        await using (RunningGateway before = await RunningGateway.StartAsync(flags))
        {
            Assert.Equal(200, (await before.SendAsync("POST", "/metrics/job/sum", Sum, SumHeaders)).Status);
            await before.SendAsync("PUT", "/metrics/job/a", "# HELP m é\n# TYPE m counter\nm{b=\"2\"} 2\nm 1\n");
            await before.Keeper.CloseAsync();
        }
        await using RunningGateway gateway = await RunningGateway.StartAsync(flags);
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/b", "n 1\n", "Pushgateway-TTL: 1h")).Status);
        foreach (string suffix in (string[])["", ".journal"])
        {
            // Not by .NET, which respects the lock of the journal.
            (await ChildProcess.RunAsync("/bin/cp", [running + suffix, FilePath + suffix])).OutputOfSuccess();
        }
        return await gateway.StoredJsonAsync();
    }
}
