using System.Diagnostics;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>Writes that the database blocks, rejects, or does not confirm. Pushes get correct answers in time.</summary>
public sealed class WriteFaultTests
{
    /// <summary>Longer than the gateway's own limits together, with some time for a busy machine.</summary>
    private static readonly TimeSpan MaxAnswerTime = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task Push_DatabaseRefusesWritesOnly_IsRejectedInTimeAndAcceptedLater()
    {
        await using var postgres = new PostgresServer();
        PostgresServer.BinaryOrSkip("postgres");
        await postgres.InitializeAsync();
        await using Replica replica = await Replica.StartAsync("a", [postgres.Port]);
        Assert.StartsWith("200", await replica.TryPushAsync("job/a", "m 1\n"), StringComparison.Ordinal);

        await postgres.QueryAsync("alter system set default_transaction_read_only = on");
        await postgres.QueryAsync("select pg_reload_conf()");
        await Deadline.UntilAsync(Deadline.Change, "a push is rejected", async _ =>
        {
            string answer = await AnswerInTimeAsync(replica.TryPushAsync("job/a", "m 2\n"));
            return answer.StartsWith("503", StringComparison.Ordinal) && answer.Contains("read-only", StringComparison.Ordinal);
        });
        Assert.Contains("\nm{instance=\"\",job=\"a\"} 1\n", await replica.Running.ScrapeAsync(), StringComparison.Ordinal);

        await postgres.QueryAsync("alter system reset default_transaction_read_only");
        await postgres.QueryAsync("select pg_reload_conf()");
        await Deadline.UntilAsync(
            Deadline.Change,
            "a push is accepted",
            async _ => (await replica.TryPushAsync("job/a", "m 3\n")).StartsWith("200", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Push_AnotherReplicaIsStoppedInTheMiddleOfAWrite_IsNotBlockedForLong()
    {
        await using var postgres = new PostgresServer();
        PostgresServer.BinaryOrSkip("postgres");
        await postgres.InitializeAsync();
        await using Replica stopped = await Replica.StartAsync("a", [postgres.Port]);
        await using Replica replica = await Replica.StartAsync("b", [postgres.Port]);
        stopped.Networks[0].StallRequestsAfter(2 << 20);
        Task<string> large = stopped.TryPushAsync("job/large", LargeText(16 << 20));
        await Deadline.UntilAsync(
            Deadline.Change, "the write is half sent", _ => Task.FromResult(stopped.Networks[0].StallsRequests));
        stopped.Stop();

        await Deadline.UntilAsync(
            Deadline.Change,
            "a push is accepted",
            async _ =>
            {
                string answer = await AnswerInTimeAsync(replica.TryPushAsync("job/b", "m 1\n"));
                Assert.True(answer.StartsWith("200", StringComparison.Ordinal) || answer.StartsWith("503", StringComparison.Ordinal), answer);
                return answer.StartsWith("200", StringComparison.Ordinal);
            },
            () => replica.Running.Log);

        stopped.Continue();
        stopped.Networks[0].Heal();
        Assert.StartsWith("503", await large, StringComparison.Ordinal);
        await stopped.WaitForAsync("m{instance=\"\",job=\"b\"} 1");
        Assert.Equal(await replica.StoredJsonAsync(), await stopped.StoredJsonAsync());
    }

    /// <summary>
    /// The first push is committed at the primary, but not at the standby, when its session is ended. Other replicas see it.
    /// </summary>
    [Fact]
    public async Task RepeatedPush_FirstIsNotAtTheStandby_IsNotAcceptedBeforeItIs()
    {
        await using ClusterUnderTest cluster = await ClusterUnderTest.StartAsync(2, diskBytes: 0);
        (Replica first, Replica second) = (cluster.Replicas[0], cluster.Replicas[1]);
        await first.Running.PushAsync("job/before", "m 1\n");
        await second.WaitForAsync("m{instance=\"\",job=\"before\"} 1");
        (string, string)[] headers = [("Pushgateway-Merge", "sum"), ("Idempotency-Key", "once")];
        const string body = "# TYPE total counter\ntotal 1\n";

        cluster.Database.Standby!.SendToAll(UnixSignal.Stop);
        Task<string> lost = first.TrySendAsync(HttpMethod.Post, "job/a", body, headers);
        await Deadline.UntilAsync(
            Deadline.Change,
            "the push waits for the standby",
            async _ => await cluster.Database.Primary.QueryAsync(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'"
                + " and application_name = 'pushgateway'") is > 0L);
        first.Stop();
        await second.WaitForAsync("total{instance=\"\",job=\"a\"} 1");

        string answer = await AnswerInTimeAsync(second.TrySendAsync(HttpMethod.Post, "job/a", body, headers));
        Assert.StartsWith("503", answer, StringComparison.Ordinal);

        cluster.Database.Standby.SendToAll(UnixSignal.Continue);
        await Deadline.UntilAsync(
            Deadline.Change,
            "the push is accepted",
            async _ => (await second.TrySendAsync(HttpMethod.Post, "job/a", body, headers)).StartsWith("200", StringComparison.Ordinal));
        first.Continue();
        await lost;
        await cluster.SettleAsync();
        await second.WaitForAsync("total{instance=\"\",job=\"a\"} 1");
    }

    [Fact]
    public async Task Push_OfTheLargestBody_ShowsAtTheOtherReplica()
    {
        await using ClusterUnderTest cluster = await ClusterUnderTest.StartAsync(2, diskBytes: 0);
        string body = LargeText((64 << 20) - (1 << 10));

        string answer = await cluster.Replicas[0].TryPushAsync("job/large", body);

        Assert.StartsWith("200", answer, StringComparison.Ordinal);
        await cluster.Replicas[0].Running.PushAsync("job/small", "m 1\n");
        await cluster.SettleAsync();
        Assert.Equal(
            body.Count(c => c == '\n') + 1,
            (await cluster.Replicas[1].PushedMetricsAsync()).Split('\n').Count(line => line.StartsWith('m')));
    }

    /// <summary>Lines of a kilobyte.</summary>
    private static string LargeText(int bytes)
    {
        string value = new('x', 1000);
        return string.Concat(Enumerable.Range(0, bytes / 1024).Select(i => $"m{{i=\"{i:D6}\",v=\"{value}\"}} 1\n"));
    }

    private static async Task<string> AnswerInTimeAsync(Task<string> answering)
    {
        long began = Stopwatch.GetTimestamp();
        string answer = await answering;
        Assert.True(Stopwatch.GetElapsedTime(began) < MaxAnswerTime, $"answered after {Stopwatch.GetElapsedTime(began)}: {answer}");
        return answer;
    }
}
