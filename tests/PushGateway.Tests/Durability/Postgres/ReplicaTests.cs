using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Durability.Postgres;

/// <summary>Replicas in this process that share a PostgreSQL.</summary>
public sealed class ReplicaTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private readonly string _cluster = postgres.NextCluster();

    [Fact]
    public async Task Push_AtOneReplica_ShowsAtTheOther()
    {
        await using RunningGateway first = await StartAsync("first");
        await using RunningGateway second = await StartAsync("second");

        Assert.Equal(200, (await first.SendAsync("PUT", "/metrics/job/a", "m 1\n")).Status);

        await WaitForSamplesAsync(second, "m{instance=\"\",job=\"a\"} 1");
        Assert.Equal(first.Snapshot.GroupCount, second.Snapshot.GroupCount);
    }

    /// <summary>It is checked against what other replicas wrote, and writes nothing.</summary>
    [Fact]
    public async Task Push_DryRun_IsAnsweredAsThePushAndChangesNoReplica()
    {
        await using RunningGateway first = await StartAsync("first");
        await using RunningGateway second = await StartAsync("second");
        await first.SendAsync("PUT", "/metrics/job/a", "# TYPE m gauge\nm 1\n");

        RawAnswer accepted = await second.SendAsync("PUT", "/metrics/job/b?dry_run=true", "n 1\n", "Idempotency-Key: k");
        RawAnswer rejected = await second.SendAsync("PUT", "/metrics/job/c?dry_run=true", "# TYPE m counter\nm 1\n");

        Assert.Equal((200, 400), (accepted.Status, rejected.Status));
        Assert.EndsWith("is not a GAUGE\nclashes with {job=\"a\"}\n", rejected.Body, StringComparison.Ordinal);
        Assert.Equal(["job=a"], (await second.GroupsAsync()).Select(group => group.LabelText()));
        Assert.Equal(200, (await first.SendAsync("PUT", "/metrics/job/b", "n 2\n", "Idempotency-Key: k")).Status);
        await WaitForSamplesAsync(second, "m{instance=\"\",job=\"a\"} 1", "n{instance=\"\",job=\"b\"} 2");
        Assert.Equal(2, first.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Pushes_ThatConflictAtTwoReplicas_OneIsAcceptedAndOneRejected()
    {
        await using RunningGateway first = await StartAsync("first");
        await using RunningGateway second = await StartAsync("second");
        for (int i = 0; i < 20; i++)
        {
            Task<RawAnswer> gauge = first.SendAsync("PUT", $"/metrics/job/g{i}", $"# TYPE m{i} gauge\nm{i} 1\n");
            Task<RawAnswer> counter = second.SendAsync("PUT", $"/metrics/job/c{i}", $"# TYPE m{i} counter\nm{i} 1\n");

            RawAnswer[] answers = await Task.WhenAll(gauge, counter);

            Assert.Equal([200, 400], answers.Select(answer => answer.Status).Order());
            Assert.Contains(
                "pushed metrics are invalid or inconsistent with existing metrics",
                answers.Single(answer => answer.Status == 400).Body,
                StringComparison.Ordinal);
        }
        Assert.Equal(200, (await first.SendAsync("GET", "/metrics")).Status);
        Assert.Equal(200, (await second.SendAsync("GET", "/metrics")).Status);
    }

    [Fact]
    public async Task Start_OfALaterReplica_LoadsWhatIsThere()
    {
        await using RunningGateway first = await StartAsync("first");
        await first.SendAsync("PUT", "/metrics/job/a/zone@base64/8J-Yig", "# HELP m é\n# TYPE m counter\nm{b=\"2\"} 2\nm{a=\"1\"} 1\n");
        await first.SendAsync("PUT", "/metrics/job/gone", "n 1\n");
        await first.SendAsync("DELETE", "/metrics/job/gone");
        await first.SendAsync("PUT", "/metrics/job/bad", "n 1 5\n");

        await using RunningGateway second = await StartAsync("second");

        Assert.Equal(await first.StoredJsonAsync(), await second.StoredJsonAsync());
        Assert.Equal(2, second.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Commands_OfEveryKind_LeaveBothReplicasTheSame()
    {
        await using RunningGateway first = await StartAsync("first", "--web.enable-admin-api");
        await using RunningGateway second = await StartAsync("second", "--web.enable-admin-api");
        RunningGateway[] both = [first, second];
        for (int i = 0; i < 12; i++)
        {
            RunningGateway one = both[i % 2];
            await one.SendAsync("PUT", $"/metrics/job/a{i % 5}", $"m{i % 3} {i}\n");
            await one.SendAsync("POST", $"/metrics/job/a{i % 5}", $"k {i}\n");
            await one.SendAsync("POST", "/metrics/job/sum", "# TYPE total counter\ntotal 1\n", "Pushgateway-Merge: sum");
            await one.SendAsync("PUT", "/metrics/job/rejected", "m 1 5\n");
            await one.SendAsync("PUT", "/metrics/job/a0", "no metric\n");
            await one.SendAsync("DELETE", $"/metrics/job/a{(i + 2) % 5}");
            await one.SendAsync("DELETE", $"/api/v1/groups/job/a{i % 5}?family=k");
        }
        Assert.Equal(200, (await first.SendAsync("DELETE", "/api/v1/groups?match[]={job=\"a1\"}")).Status);
        await SettleAsync(first, second);
        Assert.Contains("total{instance=\"\",job=\"sum\"} 12", await second.PushedSamplesAsync());

        Assert.Equal(202, (await second.SendAsync("PUT", "/api/v1/admin/wipe")).Status);
        await SettleAsync(first, second);
        Assert.Equal(0, first.Snapshot.GroupCount);
    }

    [Fact]
    public async Task RepeatedPush_AtAnotherReplica_ChangesNothing()
    {
        await using RunningGateway first = await StartAsync("first");
        await using RunningGateway second = await StartAsync("second");
        const string body = "# TYPE total counter\ntotal 1\n";
        string[] headers = ["Pushgateway-Merge: sum", "Idempotency-Key: k1"];

        RawAnswer[] answers = await Task.WhenAll(
            first.SendAsync("POST", "/metrics/job/a", body, headers), second.SendAsync("POST", "/metrics/job/a", body, headers));
        RawAnswer later = await second.SendAsync("POST", "/metrics/job/a", "not parsed", headers);

        Assert.All(answers.Append(later), answer => Assert.Equal(200, answer.Status));
        await WaitForSamplesAsync(first, "total{instance=\"\",job=\"a\"} 1");
    }

    [Fact]
    public async Task Database_Away_RejectsPushesAndAnswersScrapes_UntilItIsBack()
    {
        await using var own = new PostgresServer();
        await own.InitializeAsync();
        PostgresServer.BinaryOrSkip("postgres");
        await using RunningGateway gateway = await StartAtAsync(own.Url, "first");
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/a", "m 1\n")).Status);

        await own.KillAsync();
        await Deadline.UntilAsync(Deadline.Change, "pushes are rejected", async _ =>
        {
            RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", "m 2\n");
            return answer is { Status: 503 } && answer.Body.StartsWith("the cluster's database is unavailable", StringComparison.Ordinal);
        });
        Assert.Equal(["m{instance=\"\",job=\"a\"} 1"], await gateway.PushedSamplesAsync());
        Assert.Equal(200, (await gateway.SendAsync("GET", "/-/ready")).Status);

        gateway.Time.Advance(TimeSpan.FromSeconds(61));
        RawAnswer ready = await gateway.SendAsync("GET", "/-/ready");
        Assert.Equal(503, ready.Status);
        Assert.Contains("no contact with the cluster's database for longer than 1m", ready.Body, StringComparison.Ordinal);
        Assert.Equal(503, (await gateway.SendAsync("GET", "/metrics")).Status);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/-/healthy")).Status);

        await own.StartAsync();
        await Deadline.UntilAsync(
            Deadline.Change,
            "pushes are accepted again",
            async _ => (await gateway.SendAsync("PUT", "/metrics/job/a", "m 3\n")).Status == 200);
        Assert.Equal(["m{instance=\"\",job=\"a\"} 3"], await gateway.PushedSamplesAsync());
    }

    [Fact]
    public async Task Commit_WhoseAnswerWasLost_IsSettledByTheDatabase()
    {
        await using RunningGateway gateway = await StartAsync("first");
        await gateway.SendAsync("PUT", "/metrics/job/a", "m 0\n");
        int unknown = 0;
        for (int i = 1; i <= 20; i++)
        {
            // Ends the sessions of this cluster while the push is under way.
            Task<object?> end = postgres.QueryAsync(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = '" + _cluster + "'");
            RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", $"m {i}\n");
            await end;
            string expected = $"m{{instance=\"\",job=\"a\"}} {i}";
            if (answer.Status == 200)
            {
                Assert.Equal([expected], await gateway.PushedSamplesAsync());
            }
            else
            {
                Assert.Equal(503, answer.Status);
                unknown++;
            }
        }
        Assert.NotEqual(20, unknown);
        await using RunningGateway second = await StartAsync("second");
        Assert.Equal(await second.StoredJsonAsync(), await gateway.StoredJsonAsync());
    }

    [Fact]
    public async Task History_ThatTheDatabaseDoesNotHave_IsLoadedAnew()
    {
        await using RunningGateway gateway = await StartAsync("first");
        await gateway.SendAsync("PUT", "/metrics/job/a", "m 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/b", "m 1\n");

        // As after a failover to a standby that lacks the last write, and has another one in its place.
        await postgres.QueryAsync($"delete from {_cluster}.groups where revision = 2");
        await postgres.QueryAsync($"update {_cluster}.batches set id = gen_random_uuid() where revision = 2");

        await Deadline.UntilAsync(
            Deadline.Change, "the group is gone", _ => Task.FromResult(gateway.Snapshot.GroupCount == 1));
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/c", "m 1\n")).Status);
        Assert.Contains(gateway.Log.OfLevel("warn"), line => line.Contains("reloaded all groups", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lease_HeldByOneReplica_OnlyItShowsGroups()
    {
        await using RunningGateway first = await StartAsync("first", "--cluster.scrape=lease");
        await first.SendAsync("PUT", "/metrics/job/a", "m 1\n");
        await WaitForSamplesAsync(first, "m{instance=\"\",job=\"a\"} 1");
        RunningGateway second = await StartAsync("second", "--cluster.scrape=lease");
        await Deadline.UntilAsync(Deadline.Change, "it has the group", _ => Task.FromResult(second.Snapshot.GroupCount == 1));
        Assert.Empty(await second.PushedSamplesAsync());
        Assert.Contains(
            "pushgateway_cluster_lease_holder 0", (await second.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);

        await first.DisposeAsync();
        await WaitForSamplesAsync(second, "m{instance=\"\",job=\"a\"} 1");
        await second.DisposeAsync();
    }

    private static Task WaitForSamplesAsync(RunningGateway gateway, params string[] samples) => Deadline.UntilAsync(
        Deadline.Change,
        $"a scrape shows {string.Join(", ", samples)}",
        async _ => Enumerable.SequenceEqual(await gateway.PushedSamplesAsync(), samples));

    /// <summary>Waits until both have the same groups, bit for bit.</summary>
    private static Task SettleAsync(RunningGateway first, RunningGateway second) => Deadline.UntilAsync(
        Deadline.Change,
        "both replicas have the same groups",
        async _ => await first.StoredJsonAsync() == await second.StoredJsonAsync()
            && Enumerable.SequenceEqual(await first.PushedSamplesAsync(), await second.PushedSamplesAsync()));

    private Task<RunningGateway> StartAsync(string replica, params string[] flags) => StartAtAsync(postgres.Url, replica, flags);

    private Task<RunningGateway> StartAtAsync(string url, string replica, params string[] flags)
    {
        PostgresServer.BinaryOrSkip("postgres");
        return RunningGateway.StartAsync((string[])
        [
            $"--cluster.postgres={url}?application_name={_cluster}", $"--cluster.name={_cluster}", $"--cluster.replica={replica}",
            .. flags,
        ]);
    }
}
