using System.Diagnostics;
using System.Globalization;
using System.Net;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>How replicas follow each other: how fast, after interruptions, and what they must not show.</summary>
public sealed class ReplicationTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private readonly string _cluster = postgres.NextCluster();

    [Fact]
    public async Task Push_AtOneReplica_ShowsAtTheOtherWithin100Milliseconds()
    {
        await using Replica first = await StartAsync("a");
        await using Replica second = await StartAsync("b");

        double[] times = await MeasureAsync(first, second, 200);

        Report("with notifications", times);
        Assert.True(times[times.Length / 2] < 0.1, $"median {times[times.Length / 2]:F3} s");
    }

    [Fact]
    public async Task Push_WithoutNotifications_ShowsAtTheOtherWithinASecondOrSo()
    {
        await using Replica first = await StartAsync("a");
        await using Replica second = await StartAsync("b");
        second.Networks[0].SwallowsNotifications = true;
        second.Networks[0].Cut();
        await Task.Delay(1500, TestContext.Current.CancellationToken);

        double[] times = await MeasureAsync(first, second, 12);

        Report("without notifications", times);
        Assert.True(times[times.Length / 2] > 0.1, "the notifications came through");
        Assert.True(times[times.Length / 2] < 1.5, $"median {times[times.Length / 2]:F3} s");
    }

    [Fact]
    public async Task Pushes_ThatConflictAtTwoReplicas_OneIsAcceptedAndOneRejected()
    {
        await using Replica first = await StartAsync("a");
        await using Replica second = await StartAsync("b");
        for (int i = 0; i < 40; i++)
        {
            string[] answers = await Task.WhenAll(
                first.TryPushAsync($"job/g{i}", $"# TYPE m{i} gauge\nm{i} 1\n"),
                second.TryPushAsync($"job/c{i}", $"# TYPE m{i} counter\nm{i} 1\n"));

            Assert.Equal(["200", "400"], answers.Select(answer => answer[..3]).Order());
            Assert.Contains(
                "pushed metrics are invalid or inconsistent with existing metrics",
                answers.Single(answer => answer.StartsWith("400", StringComparison.Ordinal)),
                StringComparison.Ordinal);
        }
        await AssertSameAsync(first, second);
    }

    [Fact]
    public async Task Expiry_AtTwoReplicasAtOnce_DeletesOnceAndNothingThatWasPushedSince()
    {
        await using Replica first = await StartAsync("a");
        await using Replica second = await StartAsync("b");
        for (int round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => first.Running.PushAsync($"job/a{i}", "m 1\n", ("Pushgateway-TTL", "1s"))));

            // Both look at what has expired when they start: the other one is the holder by its lease.
            await second.KillAsync();
            await Task.Delay(700, TestContext.Current.CancellationToken);
            Task start = second.StartAsync();
            for (int i = 0; i < 20; i++)
            {
                await first.Running.PushAsync("job/kept", $"kept {i}\n", ("Pushgateway-TTL", "300ms"));
                await Task.Delay(40, TestContext.Current.CancellationToken);
            }
            await first.Running.PushAsync("job/kept", "kept 99\n");
            await start;
            await Deadline.UntilAsync(
                Deadline.Change, "all but one have expired", async _ => (await first.Running.GroupsAsync()).Count == 1);
            await AssertSameAsync(first, second);
            Assert.Contains("kept{instance=\"\",job=\"kept\"} 99", await second.PushedMetricsAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Replica_ThatWasStoppedForLongerThanTheHistoryLives_LoadsEverything()
    {
        await using Replica first = await StartAsync("a");
        await using Replica second = await StartAsync("b");
        await first.Running.PushAsync("job/gone", "m 1\n");
        await first.Running.PushAsync("job/stays", "m 1\n");
        await second.WaitForAsync("m{instance=\"\",job=\"stays\"} 1");

        second.Stop();
        Assert.StartsWith("202", await first.TrySendAsync(HttpMethod.Delete, "job/gone", ""), StringComparison.Ordinal);
        await first.Running.PushAsync("job/new", "m 1\n");
        await postgres.QueryAsync($"update {_cluster}.batches set committed_at = committed_at - interval '2 hours'");
        await postgres.QueryAsync(
            $"""
            delete from {_cluster}.batches where revision < (select revision from {_cluster}.head);
            delete from {_cluster}.groups where payload is null and revision <= (select min(revision) from {_cluster}.batches)
            """);
        second.Continue();

        await second.WaitForAsync("m{instance=\"\",job=\"new\"} 1");
        await AssertSameAsync(first, second);
        Assert.Equal(2, (await second.Running.GroupsAsync()).Count);
        Assert.Contains("reloaded all groups", second.Running.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replica_CutOffForLongerThanMaxStaleness_ShowsNothingUntilItIsBack()
    {
        await using Replica first = await StartAsync("a");
        await using Replica second = await StartAsync("b", "--cluster.max-staleness=3s");
        await first.Running.PushAsync("job/a", "m 1\n");
        await second.WaitForAsync("m{instance=\"\",job=\"a\"} 1");

        second.Networks[0].Stall();
        double cut = Operation.Now();
        await first.Running.PushAsync("job/a", "m 2\n");
        double? refusedAt = null;
        while (Operation.Now() < cut + 7)
        {
            double from = Operation.Now();
            HttpStatusCode? status = await second.Running.StatusAsync("/metrics", TestContext.Current.CancellationToken);
            HttpStatusCode? ready = await second.Running.StatusAsync("/-/ready", TestContext.Current.CancellationToken);
            Assert.True(status != HttpStatusCode.OK || from < cut + 3.2, $"scraped {from - cut:F2} s after the cut");
            refusedAt ??= status == HttpStatusCode.ServiceUnavailable && ready == status ? from - cut : null;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        Assert.InRange(refusedAt ?? 0, 1.5, 4);
        Assert.Equal(HttpStatusCode.OK, await second.Running.StatusAsync("/-/healthy", TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, await first.Running.StatusAsync("/-/ready", TestContext.Current.CancellationToken));

        second.Networks[0].Heal();
        await Deadline.UntilAsync(Deadline.Change, "it is ready", second.Running.IsReadyAsync, () => second.Running.Log);
        Assert.Contains("m{instance=\"\",job=\"a\"} 2", await second.PushedMetricsAsync(), StringComparison.Ordinal);
    }

    private Task<Replica> StartAsync(string name, params string[] flags)
    {
        PostgresServer.BinaryOrSkip("postgres");
        return Replica.StartAsync(name, [postgres.Port], [$"--cluster.name={_cluster}", .. flags]);
    }

    /// <summary>The times from an answer until the other replica shows the push, sorted.</summary>
    private static async Task<double[]> MeasureAsync(Replica at, Replica other, int pushes)
    {
        double[] times = new double[pushes];
        for (int i = 0; i < pushes; i++)
        {
            await at.Running.PushAsync("job/timed", $"timed {i}\n");
            long began = Stopwatch.GetTimestamp();
            string sample = string.Create(CultureInfo.InvariantCulture, $"\ntimed{{instance=\"\",job=\"timed\"}} {i}\n");
            while (!(await other.Running.Client.GetStringAsync("/metrics?name[]=timed", TestContext.Current.CancellationToken))
                .Contains(sample, StringComparison.Ordinal))
            {
                Assert.True(Stopwatch.GetElapsedTime(began) < Deadline.Change, other.Running.Log);
            }
            times[i] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
        Array.Sort(times);
        return times;
    }

    private static void Report(string what, double[] times) => TestContext.Current.TestOutputHelper!.WriteLine(
        $"{what}: median {times[times.Length / 2] * 1000:F1} ms, p99 {times[times.Length * 99 / 100] * 1000:F1} ms");

    private static Task AssertSameAsync(Replica first, Replica second) => Deadline.UntilAsync(
        Deadline.Change,
        "both replicas show the same",
        async _ => await first.StoredJsonAsync() == await second.StoredJsonAsync()
            && await first.PushedMetricsAsync() == await second.PushedMetricsAsync());
}
