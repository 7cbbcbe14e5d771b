using System.Globalization;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>A replica that cannot join its cluster logs the reason, and never shows the password.</summary>
public sealed class StartTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string WrongPassword = "wr0ng-s3cret";

    private string Local => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{postgres.Port}");

    [Fact]
    public Task Start_PasswordIsWrong_EndsWithTheReason() => AssertFailsAsync(
        "cannot join the cluster pushgateway: password authentication failed for user \"gateway\" (28P01)",
        $"--cluster.postgres=postgres://gateway:{WrongPassword}@{Local}/postgres");

    [Fact]
    public Task Start_PasswordIsWrongAtOneOfTwoHosts_EndsWithTheReason() => AssertFailsAsync(
        "cannot join the cluster pushgateway: password authentication failed for user \"gateway\" (28P01)",
        $"--cluster.postgres=postgres://gateway:{WrongPassword}@{Local},127.0.0.1:1/postgres");

    [Fact]
    public Task Start_DatabaseIsUnknown_EndsWithTheReason() => AssertFailsAsync(
        "cannot join the cluster pushgateway: database \"nowhere\" does not exist (3D000)",
        $"--cluster.postgres={postgres.Url.Replace("/postgres", "/nowhere", StringComparison.Ordinal).Replace("//nowhere", "//", StringComparison.Ordinal)}");

    [Theory]
    [InlineData("postgres://gateway:s3cret-w0rd@/postgres", "names no host")]
    [InlineData("mysql://gateway:s3cret-w0rd@127.0.0.1/postgres", "expected postgres://")]
    [InlineData("postgres://gateway:s3cret-w0rd@127.0.0.1:port/postgres", "is malformed")]
    [InlineData("postgres://gateway:s3cret-w0rd@127.0.0.1/postgres?color=red", "has a parameter that is not supported: color")]
    [InlineData("Host=127.0.0.1;Password=s3cret-w0rd;Colour=red", "is malformed")]
    [InlineData("gateway:s3cret-w0rd@127.0.0.1", "is malformed")]
    public Task Start_AddressIsMalformed_EndsWithTheReason(string address, string reason) =>
        AssertFailsAsync(reason, $"--cluster.postgres={address}");

    [Fact]
    public Task Start_AddressFileIsMissing_EndsWithTheReason() =>
        AssertFailsAsync("--cluster.postgres-file: Could not find file", "--cluster.postgres-file=/tmp/jepsen-is-not-there");

    [Fact]
    public Task Start_WithAPersistenceFile_EndsWithWhatToDo() => AssertFailsAsync(
        "--persistence.file and --cluster.postgres exclude each other", $"--cluster.postgres={postgres.Url}", "--persistence.file=store");

    [Fact]
    public async Task Start_TablesAreNewer_EndsWithTheReason()
    {
        string cluster = postgres.NextCluster();
        await using (await Replica.StartAsync("a", [postgres.Port], $"--cluster.name={cluster}"))
        {
            await postgres.QueryAsync($"update {cluster}.head set schema_version = 99");
        }
        await AssertFailsAsync(
            "are of version 99, and this gateway supports version",
            $"--cluster.postgres={postgres.Url}", $"--cluster.name={cluster}");
    }

    [Fact]
    public async Task Start_RoleMayNotMakeTables_EndsWithWhatToDo()
    {
        await postgres.QueryAsync($"create role guest1 login password '{PostgresServer.Password}'");
        await AssertFailsAsync("`pushgateway cluster schema`", $"--cluster.postgres={UrlOf("guest1")}");
    }

    [Fact]
    public async Task Start_RoleMayOnlyRead_EndsWithWhatToDo()
    {
        string cluster = postgres.NextCluster();
        await using (await Replica.StartAsync("a", [postgres.Port], $"--cluster.name={cluster}"))
        {
            await postgres.QueryAsync(
                $"create role guest2 login password '{PostgresServer.Password}';"
                + $" grant usage on schema {cluster} to guest2; grant select on all tables in schema {cluster} to guest2");
        }
        await AssertFailsAsync(
            "the role has no rights to the tables", $"--cluster.postgres={UrlOf("guest2")}", $"--cluster.name={cluster}");
    }

    [Fact]
    public async Task Start_RoleMayUseTheTablesButNotMakeThem_Joins()
    {
        string cluster = postgres.NextCluster();
        await using (await Replica.StartAsync("a", [postgres.Port], $"--cluster.name={cluster}"))
        {
            await postgres.QueryAsync(
                $"create role guest3 login password '{PostgresServer.Password}';"
                + $" grant usage on schema {cluster} to guest3; grant all on all tables in schema {cluster} to guest3");
        }
        await using GatewayProcess gateway =
            await GatewayProcess.StartAsync($"--cluster.postgres={UrlOf("guest3")}", $"--cluster.name={cluster}");
        await gateway.PushAsync("job/a", "m 1\n");
    }

    [Fact]
    public async Task Start_ServerIsAStandby_WaitsUntilItIsThePrimary()
    {
        await using PostgresPair pair = await PostgresPair.StartAsync();
        await using GatewayProcess gateway = await GatewayProcess.StartUnreadyAsync($"--cluster.postgres={pair.Standby!.Url}");
        await Deadline.UntilAsync(Deadline.Change, "it says why", async cancellation =>
        {
            using HttpResponseMessage ready = await gateway.Client.GetAsync("/-/ready", cancellation);
            return (await ready.Content.ReadAsStringAsync(cancellation))
                .Contains("the database is a read-only standby; the primary is needed", StringComparison.Ordinal);
        });

        // Nothing can be written without a standby.
        await pair.FailOverAsync();
        await pair.AddStandbyAsync();

        await Deadline.UntilAsync(Deadline.Change, "it is ready", gateway.IsReadyAsync, () => gateway.Log);
        await gateway.PushAsync("job/a", "m 1\n");
    }

    [Fact]
    public async Task Password_IsInNothingThatTheGatewayShows()
    {
        string cluster = postgres.NextCluster();
        await using var proxy = new TcpProxy(postgres.Port);
        string url = $"postgres://gateway:{PostgresServer.Password}@127.0.0.1:{proxy.Port}/postgres?sslmode=disable";
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(
            $"--cluster.postgres={url}", $"--cluster.name={cluster}", "--log.level=debug");
        var shown = new List<string>();
        await LookAsync();
        proxy.Refuses = true;
        proxy.Cut();
        await Deadline.UntilAsync(Deadline.Change, "a push is rejected", async cancellation =>
        {
            using var body = new StringContent("m 1\n");
            using HttpResponseMessage answer = await gateway.Client.PutAsync("/metrics/job/a", body, cancellation);
            shown.Add(await answer.Content.ReadAsStringAsync(cancellation));
            return !answer.IsSuccessStatusCode;
        });
        await LookAsync();
        shown.Add(gateway.Log);

        Assert.All(shown, text => Assert.DoesNotContain(PostgresServer.Password, text, StringComparison.Ordinal));
        Assert.Contains(shown, text => text.Contains("cluster database unavailable", StringComparison.Ordinal));

        async Task LookAsync()
        {
            foreach (string path in (string[])
                ["/", "/metrics", "/api/v1/status", "/api/v1/stats", "/api/v1/cluster", "/api/v1/rejections", "/-/ready", "/-/healthy"])
            {
                using HttpResponseMessage answer = await gateway.Client.GetAsync(path, TestContext.Current.CancellationToken);
                shown.Add(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            }
        }
    }

    private string UrlOf(string role) => $"postgres://{role}:{PostgresServer.Password}@{Local}/postgres";

    private static async Task AssertFailsAsync(string reason, params string[] flags)
    {
        PostgresServer.BinaryOrSkip("postgres");
        ToolResult result = await ChildProcess.RunAsync(
            "timeout",
            [
                "60", GatewayBinary.PathOrSkip(),
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{LoopbackPort.Next()}"), .. flags,
            ]);
        string output = result.Output + result.Errors;
        Assert.True(result.ExitCode == 1, $"exit code {result.ExitCode}\n{output}");
        Assert.Contains(reason.Replace("\"", "\\\"", StringComparison.Ordinal), output.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, output, StringComparison.Ordinal);
        Assert.DoesNotContain(WrongPassword, output, StringComparison.Ordinal);
    }
}
