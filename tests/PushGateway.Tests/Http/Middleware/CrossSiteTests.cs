using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Middleware;

/// <summary>Requests that browsers mark as cross-site.</summary>
public sealed class CrossSiteTests
{
    private const string Refusal =
        "Cross-site requests may only use GET, HEAD or OPTIONS (Sec-Fetch-Site: cross-site).\n";

    [Theory]
    [InlineData("PUT", "/metrics/job/a")]
    [InlineData("POST", "/metrics/job/a")]
    [InlineData("DELETE", "/metrics/job/a")]
    [InlineData("DELETE", "/api/v1/groups?q=a")]
    [InlineData("PUT", "/api/v1/admin/wipe")]
    [InlineData("POST", "/-/quit")]
    [InlineData("PATCH", "/metrics/job/a")]
    [InlineData("post", "//metrics/job/a")]
    public async Task Change_FromAnotherSite_IsRefusedAndCounted(string method, string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            "--web.enable-admin-api", "--web.enable-lifecycle");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        RawAnswer answer = await gateway.SendAsync(method, path, "x 2\n", "Sec-Fetch-Site: cross-site");

        Assert.Equal((403, Refusal), (answer.Status, answer.Body));
        Assert.Contains("x{instance=\"\",job=\"a\"} 1", await gateway.PushedSamplesAsync());
        Assert.False(gateway.Stopping.IsCancellationRequested);
        Assert.Contains(
            "\npushgateway_requests_rejected_total{reason=\"cross_site\"} 1\n", (await gateway.SendAsync("GET", "/metrics")).Body);
    }

    [Theory]
    [InlineData("same-origin")]
    [InlineData("same-site")]
    [InlineData("none")]
    [InlineData(null)]
    public async Task Change_FromElsewhere_IsMade(string? site)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string[] headers = site is null ? [] : [$"Sec-Fetch-Site: {site}"];

        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n", headers)).Status);
        Assert.Equal(202, (await gateway.SendAsync("DELETE", "/metrics/job/a", "", headers)).Status);
        Assert.DoesNotContain("pushgateway_cross_site", (await gateway.SendAsync("GET", "/metrics")).Body);
    }

    [Theory]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/api/v1/metrics")]
    [InlineData("GET", "/")]
    [InlineData("HEAD", "/-/ready", 405)]
    [InlineData("OPTIONS", "/api/v1/metrics")]
    public async Task Read_FromAnotherSite_IsAnsweredAsEver(string method, string path, int status = 200)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(status, (await gateway.SendAsync(method, path, "", "Sec-Fetch-Site: cross-site")).Status);
    }
}
