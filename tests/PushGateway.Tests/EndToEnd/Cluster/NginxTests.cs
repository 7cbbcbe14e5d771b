using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using PushGateway.Tests.Deploy;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>nginx in front of three replicas, round robin.</summary>
public sealed class NginxTests
{
    private const int Clients = 8;

    [Fact]
    public async Task Replica_IsKilledUnderLoad_ClientsLoseOnlyTheirOpenRequests()
    {
        await using ClusterUnderTest cluster = await ClusterUnderTest.StartAsync(3, diskBytes: 0);
        await using LoadBalancer nginx = await LoadBalancer.StartAsync("nginx", [.. cluster.Replicas.Select(replica => replica.Port)]);
        var requests = new ConcurrentBag<(double From, double To, bool IsAccepted, string Answer)>();
        double until = Operation.Now() + 8;
        var clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => PushAsync(nginx.Client, client, until, requests)));

        await Task.Delay(2500, TestContext.Current.CancellationToken);
        double killing = Operation.Now();
        await cluster.Replicas[1].KillAsync();
        double killed = Operation.Now();
        await Task.Delay(2500, TestContext.Current.CancellationToken);
        await cluster.Replicas[1].StartAsync();
        await clients;

        await cluster.SettleAsync();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{requests.Count(one => one.IsAccepted)} accepted, {requests.Count(one => !one.IsAccepted)} failed");
        Assert.True(requests.Count(one => one.IsAccepted && one.From > killed) > 50);
        Assert.All(
            requests.Where(one => !one.IsAccepted),
            lost => Assert.True(lost.From < killed && lost.To > killing, $"{lost.From - killed:F3} s after the kill: {lost.Answer}"));
        Assert.True(requests.Count(one => !one.IsAccepted) <= Clients);
        string scrape = await cluster.Replicas[1].Running.ScrapeAsync();
        int shown = scrape.Split('\n').Count(line => line.StartsWith("through{", StringComparison.Ordinal));
        Assert.InRange(shown, requests.Count(one => one.IsAccepted), requests.Count);
    }

    /// <summary>The commands of users against each gateway of a list.</summary>
    [Fact]
    public async Task Wipe_OfEachTargetOfTheCluster_LeavesNothing()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using ClusterUnderTest cluster = await ClusterUnderTest.StartAsync(3, diskBytes: 0, "--web.enable-admin-api");
        await using LoadBalancer nginx = await LoadBalancer.StartAsync("nginx", [.. cluster.Replicas.Select(replica => replica.Port)]);
        for (int i = 0; i < 20; i++)
        {
            using var body = new StringContent("wiped 1\n");
            using HttpResponseMessage answer = await nginx.Client.PutAsync($"/metrics/job/a{i}", body, cancellation);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(cancellation));
        }

        string[] targets = [];
        await Deadline.UntilAsync(Deadline.Change, "all replicas are targets", async _ =>
        {
            JsonNode list = JsonNode.Parse(await nginx.Client.GetStringAsync("/api/v1/cluster/targets", cancellation))!;
            targets = [.. list.AsArray().SelectMany(one => one!["targets"]!.AsArray()).Select(one => one!.GetValue<string>())];
            return targets.Length == 3;
        });
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (string target in targets)
        {
            using HttpResponseMessage answer = await http.PutAsync($"http://{target}/api/v1/admin/wipe", null, cancellation);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        await cluster.SettleAsync();
        Assert.DoesNotContain("wiped", await cluster.Replicas[0].PushedMetricsAsync(), StringComparison.Ordinal);
    }

    private static async Task PushAsync(
        HttpClient http, int client, double until, ConcurrentBag<(double From, double To, bool IsAccepted, string Answer)> requests)
    {
        for (int i = 0; Operation.Now() < until; i++)
        {
            double from = Operation.Now();
            using var request = new HttpRequestMessage(
                HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"/metrics/job/nginx/instance/{client}-{i}"))
            {
                Content = new StringContent("through 1\n"),
            };
            try
            {
                using HttpResponseMessage answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
                requests.Add((from, Operation.Now(), answer.StatusCode == HttpStatusCode.OK, answer.StatusCode.ToString()));
            }
            catch (HttpRequestException exception)
            {
                requests.Add((from, Operation.Now(), false, exception.Message));
            }
            await Task.Delay(15, TestContext.Current.CancellationToken);
        }
    }
}
