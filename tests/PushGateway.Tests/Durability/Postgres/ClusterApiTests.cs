using System.Text.Json.Nodes;
using PushGateway.Access;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Durability.Postgres;

/// <summary>/api/v1/cluster and /api/v1/cluster/targets</summary>
public sealed class ClusterApiTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string Namesake = "another replica of the same name is running";

    private readonly string _cluster = postgres.NextCluster();

    [Fact]
    public async Task Cluster_OfTwoReplicas_ShowsBoth()
    {
        await using RunningGateway first = await StartAsync("gw-1:9091");
        await WaitAsync(first, "it holds the lease", data => Text(data["lease_holder"]) == "gw-1:9091");
        await using RunningGateway second = await StartAsync("gw-2:9091");
        await second.SendAsync("PUT", "/metrics/job/a", "m 1\n");

        JsonNode data = await WaitAsync(first, "both have applied the push", data => data["replicas"]!.AsArray() is { Count: 2 } all
            && all.All(one => one!["applied_revision"]!.GetValue<long>() == 1));

        Assert.Equal(
            (_cluster, "postgres", "gw-1:9091", "all"),
            (Text(data["name"]), Text(data["database"]), Text(data["replica"]), Text(data["scrape"])));
        Assert.Equal(
            (1, 1, 0), (data["revision"]!.GetValue<int>(), data["applied_revision"]!.GetValue<int>(), data["lag"]!.GetValue<int>()));
        Assert.Equal("true true false", $"{data["accepts_pushes"]} {data["shows_groups"]} {data["duplicate_name"]}");
        Assert.Null(data["reason"]);
        Assert.Equal(["gw-1:9091 true true", "gw-2:9091 true false"], data["replicas"]!.AsArray().Select(
            one => $"{one!["name"]} {one["running"]} {one["lease_holder"]}"));
        Assert.All(data["replicas"]!.AsArray(), one => Assert.Equal(BuildInfo.Current.Version, Text(one!["version"])));
        Assert.Equal("gw-2:9091", Text((await ReadAsync(second))["replica"]));
    }

    [Fact]
    public async Task Targets_AreTheNames_AsPrometheusReadsThem()
    {
        await using RunningGateway gateway = await StartAsync("gw-1:9091");
        await SeeAsync("host-only", "1 second");
        await SeeAsync("not/an address", "1 second");
        await SeeAsync("[::1]:9092", "1 second");
        await WaitAsync(gateway, "all are seen", data => data["replicas"]!.AsArray().Count == 4);

        RawAnswer answer = await gateway.SendAsync("GET", "/api/v1/cluster/targets");

        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("Content-Type")));
        string labels = $"\"__meta_pushgateway_cluster\":\"{_cluster}\",\"__meta_pushgateway_replica\"";
        string version = $"\"__meta_pushgateway_version\":\"{BuildInfo.Current.Version}\"";
        Assert.Equal(
            $"[{{\"targets\":[\"[::1]:9092\"],\"labels\":{{{labels}:\"[::1]:9092\",\"__meta_pushgateway_version\":\"v\"}}}},"
            + $"{{\"targets\":[\"gw-1:9091\"],\"labels\":{{{labels}:\"gw-1:9091\",{version}}}}},"
            + $"{{\"targets\":[\"host-only:{gateway.Port}\"],\"labels\":{{{labels}:\"host-only\",\"__meta_pushgateway_version\":\"v\"}}}}]",
            answer.Body);
        Assert.Null((await ReadAsync(gateway))["replicas"]!.AsArray().Single(one => Text(one!["name"])[0] == 'n')!["target"]);
    }

    [Fact]
    public async Task Replica_ThatEnds_IsGoneAndOneThatDied_StaysForAnHour()
    {
        await using RunningGateway gateway = await StartAsync("gw-1:9091");
        await WaitAsync(gateway, "it holds the lease", data => Text(data["lease_holder"]) == "gw-1:9091");
        RunningGateway ended = await StartAsync("gw-2:9091");
        await SeeAsync("died:9091", "59 minutes");
        await SeeAsync("forgotten:9091", "61 minutes");
        await WaitAsync(gateway, "all are seen", data => data["replicas"]!.AsArray().Count == 4);

        await ended.DisposeAsync();
        gateway.Time.Advance(TimeSpan.FromSeconds(61));

        JsonNode data = await WaitAsync(gateway, "two are gone", data => data["replicas"]!.AsArray().Count == 2);
        Assert.Equal(
            ["died:9091 false", "gw-1:9091 true"], data["replicas"]!.AsArray().Select(one => $"{one!["name"]} {one["running"]}"));
        Assert.InRange(data["replicas"]![0]!["seen_seconds"]!.GetValue<double>(), 59 * 60, 60 * 60);
        Assert.Contains("\"died:9091\"", (await gateway.SendAsync("GET", "/api/v1/cluster/targets")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replicas_OfTheSameName_AreToldOnce()
    {
        await using RunningGateway first = await StartAsync("gw:9091");
        await using RunningGateway second = await StartAsync("gw:9091");

        foreach (RunningGateway gateway in (RunningGateway[])[first, second])
        {
            await WaitAsync(gateway, "it is told", data => data["duplicate_name"]!.GetValue<bool>());
            await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
            Assert.Single(gateway.Log.OfLevel("warn"), line => line.Contains(Namesake, StringComparison.Ordinal));
        }
    }

    /// <summary>What a killed process left is no other replica.</summary>
    [Fact]
    public async Task Replica_ThatIsStartedAgainAfterItsDeath_IsNotTakenForTwo()
    {
        await using (await StartAsync("other"))
        {
        }
        await SeeAsync("gw:9091", "0 seconds");

        await using RunningGateway gateway = await StartAsync("gw:9091");

        await WaitAsync(gateway, "it is there", data => data["replicas"]!.AsArray().Count == 1);
        await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
        Assert.False((await ReadAsync(gateway))["duplicate_name"]!.GetValue<bool>());
        Assert.DoesNotContain(gateway.Log.OfLevel("warn"), line => line.Contains(Namesake, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Database_Away_IsToldAndTheTargetsStay()
    {
        PostgresServer.BinaryOrSkip("postgres");
        await using var own = new PostgresServer();
        await own.InitializeAsync();
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            $"--cluster.postgres={own.Url}", "--cluster.replica=gw-1:9091");
        await WaitAsync(gateway, "it is seen", data => data["replicas"]!.AsArray().Count == 1);
        string targets = (await gateway.SendAsync("GET", "/api/v1/cluster/targets")).Body;

        await own.KillAsync();

        JsonNode data = await WaitAsync(gateway, "it is told", data => !data["accepts_pushes"]!.GetValue<bool>());
        Assert.StartsWith("the cluster's database is unavailable: ", Text(data["reason"]));
        Assert.DoesNotContain(PostgresServer.Password, data.ToJsonString(), StringComparison.Ordinal);
        gateway.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(targets, (await gateway.SendAsync("GET", "/api/v1/cluster/targets")).Body);
        Assert.InRange((await ReadAsync(gateway))["replicas"]![0]!["seen_seconds"]!.GetValue<double>(), 7200, 7300);
    }

    [Fact]
    public async Task Status_OfAReplica_NamesClusterAndDatabaseOnly()
    {
        await using RunningGateway gateway = await StartAsync("gw-1:9091");

        foreach (string path in (string[])["/api/v1/status", "/api/v1/stats"])
        {
            string body = (await gateway.SendAsync("GET", path)).Body;

            Assert.Contains($"\"cluster\":{{\"name\":\"{_cluster}\",\"database\":\"postgres\"}}", body, StringComparison.Ordinal);
            Assert.DoesNotContain(PostgresServer.Password, body, StringComparison.Ordinal);
            Assert.DoesNotContain($":{postgres.Port}", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Routes_OfAReplica_TakeTheReadPermissionAndAreCounted()
    {
        await using RunningGateway gateway = await StartAsync("gw-1:9091");
        await gateway.SendAsync("GET", "/api/v1/cluster");
        await WaitAsync(gateway, "it is seen", data => data["replicas"]!.AsArray().Count == 1);
        await gateway.SendAsync("GET", "/api/v1/cluster/targets");

        RouteEndpoint[] routes = [.. gateway.Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText!.Contains("/cluster", StringComparison.Ordinal))];

        Assert.Equal(2, routes.Length);
        Assert.All(routes, route => Assert.Equal(Permissions.Read, route.Metadata.GetMetadata<AccessRequirement>()!.Needed));
        string scrape = (await gateway.SendAsync("GET", "/metrics")).Body;
        Assert.Contains("pushgateway_http_requests_total{code=\"200\",handler=\"api/v1/cluster\",method=\"get\"}", scrape, StringComparison.Ordinal);
        Assert.Contains("pushgateway_http_requests_total{code=\"200\",handler=\"api/v1/cluster/targets\",method=\"get\"} 1", scrape, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/cluster")]
    [InlineData("/api/v1/cluster/targets")]
    public async Task Routes_OfAGatewayOnItsOwn_AreUnknownPaths(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        foreach (string method in (string[])["GET", "PUT", "OPTIONS"])
        {
            RawAnswer answer = await gateway.SendAsync(method, path);
            RawAnswer unknown = await gateway.SendAsync(method, "/api/v1/unknown");
            Assert.Equal(unknown.Text, answer.Text);
        }
        Assert.DoesNotContain("\"cluster\"", (await gateway.SendAsync("GET", "/api/v1/stats")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("\"cluster\"", (await gateway.SendAsync("GET", "/api/v1/status")).Body, StringComparison.Ordinal);
    }

    private static string Text(JsonNode? node) => node?.GetValue<string>() ?? "";

    private static async Task<JsonNode> ReadAsync(RunningGateway gateway)
    {
        RawAnswer answer = await gateway.SendAsync("GET", "/api/v1/cluster");
        Assert.Equal(200, answer.Status);
        return JsonNode.Parse(answer.Body)!["data"]!;
    }

    /// <summary>Reads until it is as it should be.</summary>
    private static async Task<JsonNode> WaitAsync(RunningGateway gateway, string what, Func<JsonNode, bool> isDone)
    {
        JsonNode? data = null;
        await Deadline.UntilAsync(
            Deadline.Change, what, async _ => isDone(data = await ReadAsync(gateway)), () => data!.ToJsonString());
        return data!;
    }

    /// <summary>A replica that was seen so long ago.</summary>
    private Task<object?> SeeAsync(string replica, string ago) => postgres.QueryAsync(
        $"insert into {_cluster}.replicas values ('{replica}', gen_random_uuid(), 'v', 0, clock_timestamp() - interval '{ago}')");

    private Task<RunningGateway> StartAsync(string replica)
    {
        PostgresServer.BinaryOrSkip("postgres");
        return RunningGateway.StartAsync(
            $"--cluster.postgres={postgres.Url}", $"--cluster.name={_cluster}", $"--cluster.replica={replica}");
    }
}
