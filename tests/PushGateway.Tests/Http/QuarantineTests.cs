using System.Text.Json;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary><c>--push.quarantine-inconsistent</c>: scrapes omit inconsistent groups, which are reported.</summary>
public sealed class QuarantineTests
{
    private const string Gauge = "# TYPE x gauge\nx 1\n";
    private const string Counter = "# TYPE x counter\nx 1\n";
    private const string Reason = "x is a COUNTER here, and a GAUGE in other groups";

    private static readonly string[] Flags = ["--push.disable-consistency-check", "--push.quarantine-inconsistent", "--web.enable-admin-api"];

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")]
    public async Task Scrape_WithAGroupThatDoesNotFit_HasTheOthers(string accept)
    {
        await using RunningGateway gateway = await StartWithPoisonAsync();

        RawAnswer answer = await gateway.SendAsync("GET", "/metrics", "", $"Accept: {accept}");

        Assert.Equal(200, answer.Status);
        Assert.Contains("good-1", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("poison", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrape_WithAGroupThatDoesNotFit_CountsItUntilItIsMended()
    {
        await using RunningGateway gateway = await StartWithPoisonAsync();
        Assert.Contains("pushgateway_quarantined_groups 1", await ScrapeAsync(gateway));
        Assert.Equal(4, (await gateway.PushedSamplesAsync()).Length);

        await gateway.SendAsync("PUT", "/metrics/job/poison", Gauge);

        Assert.Contains("pushgateway_quarantined_groups 0", await ScrapeAsync(gateway));
        Assert.Contains("""x{instance="",job="poison"} 1""", await ScrapeAsync(gateway));
    }

    [Fact]
    public async Task Api_WithAGroupThatDoesNotFit_SaysWhichAndWhy()
    {
        await using RunningGateway gateway = await StartWithPoisonAsync();

        JsonElement list = await GroupsTests.DataAsync(gateway, "/api/v1/groups?state=quarantined");
        JsonElement one = await GroupsTests.DataAsync(gateway, "/api/v1/groups/job/poison");
        JsonElement good = await GroupsTests.DataAsync(gateway, "/api/v1/groups/job/good-1");
        JsonElement stats = await GroupsTests.DataAsync(gateway, "/api/v1/stats");

        Assert.Equal(1, list.GetProperty("total").GetProperty("quarantined").GetInt32());
        JsonElement group = Assert.Single(list.GetProperty("groups").EnumerateArray());
        Assert.Equal("metrics/job/poison", group.GetProperty("path").GetString());
        Assert.Equal(Reason, group.GetProperty("quarantined").GetString());
        Assert.Equal(Reason, one.GetProperty("quarantined").GetString());
        Assert.Equal(JsonValueKind.Null, good.GetProperty("quarantined").ValueKind);
        Assert.Equal(1, stats.GetProperty("quarantined").GetInt32());
        Assert.Equal(5, (await gateway.GroupsAsync()).Count);
    }

    [Fact]
    public async Task Delete_OfTheQuarantined_LeavesTheOthers()
    {
        await using RunningGateway gateway = await StartWithPoisonAsync();

        RawAnswer answer = await gateway.SendAsync("DELETE", "/api/v1/groups?state=quarantined");

        Assert.Contains("\"groups\":1", answer.Body, StringComparison.Ordinal);
        Assert.Equal(4, (await gateway.GroupsAsync()).Count);
        Assert.Contains("pushgateway_quarantined_groups 0", await ScrapeAsync(gateway));
    }

    [Fact]
    public async Task Scrape_WithoutTheFlag_FailsAsBefore()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flags[0]);
        await PushAsync(gateway);

        Assert.Equal(500, (await gateway.SendAsync("GET", "/metrics")).Status);
        await gateway.SendAsync("DELETE", "/metrics/job/poison");
        Assert.DoesNotContain("quarantined", await ScrapeAsync(gateway), StringComparison.Ordinal);
    }

    private static async Task<RunningGateway> StartWithPoisonAsync()
    {
        RunningGateway gateway = await RunningGateway.StartAsync(Flags);
        await PushAsync(gateway);
        return gateway;
    }

    private static async Task PushAsync(RunningGateway gateway)
    {
        await gateway.SendAsync("PUT", "/metrics/job/poison", Counter);
        for (int i = 0; i < 4; i++)
        {
            await gateway.SendAsync("PUT", $"/metrics/job/good-{i}", Gauge);
        }
    }

    private static async Task<string> ScrapeAsync(RunningGateway gateway) =>
        (await gateway.SendAsync("GET", "/metrics")).Body;
}
