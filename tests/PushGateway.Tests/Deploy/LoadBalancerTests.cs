using System.Globalization;
using System.Net;
using PushGateway.Tests.EndToEnd;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Deploy;

/// <summary>The examples of deploy/nginx and deploy/haproxy: valid, and in front of real replicas.</summary>
public sealed class LoadBalancerTests(PostgresServer postgres) : GatewayTests, IClassFixture<PostgresServer>
{
    private const int Replicas = 3;
    private const int BodyBytes = 20_000_000;

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task Check_TheExample_IsValid(string program) => (await LoadBalancer.CheckAsync(program)).OutputOfSuccess();

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task Pushes_WhileAReplicaIsKilled_AreAllAcceptedAndShownOnce(string program)
    {
        GatewayProcess[] replicas = await StartReplicasAsync();
        LoadBalancer balancer = StoppedAtTheEnd(await LoadBalancer.StartAsync(program, [.. replicas.Select(one => one.Port)]));
        const int clients = 4;
        const int pushes = 60;
        int done = 0;
        var half = new TaskCompletionSource();

        Task[] pushing = [.. Enumerable.Range(0, clients).Select(client => Task.Run(() => PushAllAsync(client)))];
        await half.Task.WaitAsync(Deadline.Change, TestContext.Current.CancellationToken);
        replicas[0].Send(UnixSignal.Kill);
        await Task.WhenAll(pushing);
        await replicas[0].WaitForExitAsync();

        foreach (GatewayProcess replica in replicas[1..])
        {
            await Deadline.UntilAsync(
                Deadline.Change,
                "each push is shown once",
                async cancellation =>
                {
                    string scrape = await replica.Client.GetStringAsync("/metrics", cancellation);
                    return scrape.Split('\n').Count(line => line.StartsWith("m{", StringComparison.Ordinal)) == clients * pushes;
                });
        }

        async Task PushAllAsync(int client)
        {
            for (int i = 0; i < pushes; i++)
            {
                Assert.Equal(
                    (HttpStatusCode.OK, ""),
                    await SendAsync(balancer, "PUT", $"/metrics/job/{client}/instance/{i}", "m 1\n"));
                if (Interlocked.Increment(ref done) == clients * pushes / 2)
                {
                    half.SetResult();
                }
            }
        }
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task Push_Large_IsPassedOn(string program)
    {
        GatewayProcess[] replicas = await StartReplicasAsync();
        LoadBalancer balancer = StoppedAtTheEnd(await LoadBalancer.StartAsync(program, [.. replicas.Select(one => one.Port)]));

        Assert.Equal(
            (HttpStatusCode.OK, ""),
            await SendAsync(balancer, "PUT", "/metrics/job/large", "# " + new string('x', BodyBytes) + "\nm 1\n"));
        Assert.Equal(
            (HttpStatusCode.OK, ""), await SendAsync(balancer, "PUT", "/metrics/job/a/path@base64/L2EvYg==", "m 1\n"));
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task Push_WithTheDatabaseAway_GetsTheReasonAndWhenToTryAgain(string program)
    {
        GatewayProcess[] replicas = await StartReplicasAsync();
        LoadBalancer balancer = StoppedAtTheEnd(await LoadBalancer.StartAsync(program, [.. replicas.Select(one => one.Port)]));
        await postgres.KillAsync();
        try
        {
            await Deadline.UntilAsync(
                Deadline.Change,
                "pushes are refused",
                async _ => (await SendAsync(balancer, "PUT", "/metrics/job/a", "m 1\n")).Status != HttpStatusCode.OK);
            for (int i = 0; i < 2 * Replicas; i++)
            {
                using HttpResponseMessage answer = await balancer.Client.PutAsync(
                    "/metrics/job/a", new StringContent("m 1\n"), TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.NotNull(answer.Headers.RetryAfter);
                Assert.Contains(
                    "the cluster's database is unavailable",
                    await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                    StringComparison.Ordinal);
            }
        }
        finally
        {
            await postgres.StartAsync();
        }
        await Deadline.UntilAsync(
            Deadline.Change,
            "pushes are accepted again",
            async _ => (await SendAsync(balancer, "PUT", "/metrics/job/a", "m 1\n")).Status == HttpStatusCode.OK);
    }

    /// <summary>A sum must not count twice. A push that replaces may arrive twice.</summary>
    [Theory]
    [InlineData("nginx", "PUT", null, 3)]
    [InlineData("nginx", "DELETE", null, 3)]
    [InlineData("nginx", "POST", null, 1)]
    [InlineData("nginx", "POST", "a-key", 1)]
    [InlineData("haproxy", "PUT", null, 3)]
    [InlineData("haproxy", "DELETE", null, 3)]
    [InlineData("haproxy", "POST", null, 1)]
    [InlineData("haproxy", "POST", "a-key", 3)]
    public async Task Push_ThatBreaksOff_IsSentAgainOnlyIfThatIsSafe(string program, string method, string? key, int sent)
    {
        BrokenReplica[] replicas = [.. Enumerable.Range(0, Replicas).Select(_ => StoppedAtTheEnd(new BrokenReplica()))];
        LoadBalancer balancer = StoppedAtTheEnd(await LoadBalancer.StartAsync(program, [.. replicas.Select(one => one.Port)]));
        const string path = "/metrics/job/a/path@base64/L2EvYg==/b%2Fc//d";

        (HttpStatusCode status, _) = await SendAsync(balancer, method, path, "m 1\n", key);

        Assert.True((int)status >= 500);
        Assert.Equal(
            Enumerable.Repeat($"{method} {path} HTTP/1.1", sent), replicas.SelectMany(replica => replica.Pushes));
    }

    private async Task<GatewayProcess[]> StartReplicasAsync()
    {
        PostgresServer.BinaryOrSkip("postgres");
        string cluster = postgres.NextCluster();
        var replicas = new GatewayProcess[Replicas];
        for (int i = 0; i < Replicas; i++)
        {
            replicas[i] = await StartGatewayAsync(
                $"--cluster.postgres={postgres.Url}", $"--cluster.name={cluster}",
                string.Create(CultureInfo.InvariantCulture, $"--cluster.replica={i}"));
        }
        return replicas;
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(
        LoadBalancer balancer, string method, string path, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }
        using HttpResponseMessage answer = await balancer.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
