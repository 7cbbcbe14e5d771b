using System.Net;
using System.Text.Json.Nodes;
using PushGateway.Tests.EndToEnd;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Deploy;

/// <summary>Each query of the dashboard returns data from a Prometheus that scraped a gateway.</summary>
public sealed class DashboardTests(PostgresServer postgres) : GatewayTests, IClassFixture<PostgresServer>
{
    private const int GridColumns = 24;

    [Fact]
    public async Task Queries_AfterPushesGoodAndBad_AllGiveData()
    {
        Dashboard dashboard = await Dashboard.ReadAsync(TestContext.Current.CancellationToken);
        GatewayProcess gateway = await StartGatewayAsync(
            "--persistence.file=metrics", "--persistence.interval=100ms", "--push.max-series=2");
        PrometheusProcess prometheus = StoppedAtTheEnd(await PrometheusProcess.StartDeployedAsync(gateway));

        await PushAsync(gateway, "a", "x 1\n", HttpStatusCode.OK);
        await PushAsync(gateway, "a", "x 1 1\n", HttpStatusCode.BadRequest);
        await PushAsync(gateway, "b", "x 1\n", HttpStatusCode.OK);
        await PushAsync(gateway, "c", "x{a=\"1\"} 1\nx{a=\"2\"} 1\nx{a=\"3\"} 1\n", HttpStatusCode.UnprocessableEntity);
        await PushAsync(gateway, "late", "x 1\n", HttpStatusCode.OK, ("Pushgateway-Expect", "1ms"));
        await PushAsync(gateway, "short", "x 1\n", HttpStatusCode.OK, ("Pushgateway-TTL", "1ms"));
        await PushAsync(gateway, "empty", "", HttpStatusCode.OK);
        using HttpResponseMessage deletion = await gateway.Client.DeleteAsync(
            "/metrics/job/b", TestContext.Current.CancellationToken);

        Assert.True(dashboard.Queries.Count() > 40);
        foreach (string query in dashboard.Queries.Where(query => !IsOfCluster(query)))
        {
            string asked = Dashboard.Interpolate(query, job: "pushgateway");
            Assert.DoesNotContain('$', asked);
            await prometheus.WaitForSeriesAsync(asked);
        }

        // The rules beside it see the same.
        await prometheus.WaitForAlertAsync("PushFailing", "firing");
        await prometheus.WaitForAlertAsync("PushgatewayLimitReached", "firing");
        await prometheus.WaitForAlertAsync("PushLate", "firing");
    }

    [Fact]
    public async Task Queries_OfAReplica_AllGiveData()
    {
        PostgresServer.BinaryOrSkip("postgres");
        Dashboard dashboard = await Dashboard.ReadAsync(TestContext.Current.CancellationToken);
        GatewayProcess gateway = await StartGatewayAsync(
            $"--cluster.postgres={postgres.Url}", $"--cluster.name={postgres.NextCluster()}", "--cluster.scrape=lease");
        PrometheusProcess prometheus = StoppedAtTheEnd(await PrometheusProcess.StartDeployedAsync(gateway));
        await PushAsync(gateway, "a", "x 1\n", HttpStatusCode.OK);
        string[] queries = [.. dashboard.Queries.Where(IsOfCluster)];

        Assert.True(queries.Length > 5);
        foreach (string query in queries)
        {
            await prometheus.WaitForSeriesAsync(Dashboard.Interpolate(query, job: "pushgateway"));
        }

        // Of the rules beside it, the one of a cluster with a single replica sees it.
        await prometheus.WaitForAlertAsync("PushgatewayLastReplica", "pending");
    }

    [Fact]
    public async Task Panels_OnTheGrid_DoNotOverlap()
    {
        Dashboard dashboard = await Dashboard.ReadAsync(TestContext.Current.CancellationToken);
        var taken = new HashSet<(int X, int Y)>();

        foreach (JsonNode panel in dashboard.Panels)
        {
            (int left, int top, int width, int height) = Dashboard.PositionOf(panel);
            Assert.True(left + width <= GridColumns, $"{panel["title"]} is wider than the page");
            for (int i = 0; i < width * height; i++)
            {
                Assert.True(taken.Add((left + (i % width), top + (i / width))), $"{panel["title"]} covers another");
            }
        }
    }

    [Fact]
    public async Task Panels_DataSource_IsTheOneChosen()
    {
        Dashboard dashboard = await Dashboard.ReadAsync(TestContext.Current.CancellationToken);
        IEnumerable<JsonNode> asking = dashboard.Panels.Where(panel => panel["type"]!.GetValue<string>() != "row");

        Assert.All(
            [
                .. asking, .. asking.SelectMany(panel => panel["targets"]!.AsArray()), .. dashboard.Annotations,
                .. dashboard.Variables.Skip(1),
            ],
            node => Assert.Equal("${datasource}", node!["datasource"]!["uid"]!.GetValue<string>()));
        Assert.Equal("datasource", dashboard.Variables.First()["name"]!.GetValue<string>());
        int[] ids = [.. dashboard.Panels.Select(panel => (int)panel["id"]!)];
        Assert.Equal(ids.Distinct(), ids);
    }

    private static bool IsOfCluster(string query) => query.Contains("pushgateway_cluster_", StringComparison.Ordinal);

    private static async Task PushAsync(
        GatewayProcess gateway, string job, string text, HttpStatusCode expected, params (string Name, string Value)[] headers)
    {
        using var body = new StringContent(text);
        Array.ForEach(headers, header => body.Headers.Add(header.Name, header.Value));
        using HttpResponseMessage answer = await gateway.Client.PostAsync(
            $"/metrics/job/{job}", body, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
    }
}
