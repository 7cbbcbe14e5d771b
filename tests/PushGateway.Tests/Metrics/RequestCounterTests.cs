using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Metrics;

/// <summary>pushgateway_http_requests_total, by handler, code and method.</summary>
public sealed class RequestCounterTests
{
    [Theory]
    [InlineData("PUT", "/metrics/job/a", "200", "push", "put")]
    [InlineData("POST", "/metrics/job/a/b/c", "200", "push", "post")]
    [InlineData("PUT", "/metrics/job@base64/YQ", "200", "push", "put")]
    [InlineData("PUT", "/metrics/job/a/b", "400", "push", "put")]
    [InlineData("POST", "/metrics/job/%ff", "400", "push", "post")]
    [InlineData("DELETE", "/metrics/job/a", "202", "delete", "delete")]
    [InlineData("DELETE", "/metrics/job/a/b", "400", "delete", "delete")]
    [InlineData("GET", "/", "200", "status", "get")]
    [InlineData("GET", "/status", "200", "status", "get")]
    [InlineData("GET", "/static/nope", "404", "static", "get")]
    [InlineData("GET", "/-/healthy", "200", "healthy", "get")]
    [InlineData("GET", "/-/ready", "200", "ready", "get")]
    [InlineData("PUT", "/api/v1/admin/wipe", "202", "wipe", "put")]
    [InlineData("GET", "/api/v1/status", "200", "api/v1/status", "get")]
    [InlineData("GET", "/api/v1/metrics", "200", "api/v1/metrics", "get")]
    [InlineData("GET", "/api/v1/groups", "200", "api/v1/groups", "get")]
    [InlineData("DELETE", "/api/v1/groups", "400", "api/v1/groups", "delete")]
    [InlineData("GET", "/api/v1/groups/job/a", "404", "api/v1/group", "get")]
    [InlineData("GET", "/api/v1/stats", "200", "api/v1/stats", "get")]
    [InlineData("OPTIONS", "/api/v1/groups", "200", "api/v1/options", "options")]
    [InlineData("OPTIONS", "/api/v1/nope", "200", "api/v1/options", "options")]
    public async Task Request_ThatAHandlerTakes_IsCountedOnce(
        string method, string path, string code, string handler, string methodLabel)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.enable-admin-api");

        await gateway.SendAsync(method, path);

        Assert.Equal(
            [$$"""pushgateway_http_requests_total{code="{{code}}",handler="{{handler}}",method="{{methodLabel}}"} 1"""],
            await CountedSamplesAsync(gateway));
    }

    [Theory]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/nope")]
    [InlineData("GET", "//")]
    [InlineData("GET", "/metrics/")]
    [InlineData("HEAD", "/-/healthy")]
    [InlineData("OPTIONS", "/metrics/job/a")]
    [InlineData("PATCH", "/metrics/job/a")]
    [InlineData("PUT", "/-/quit")]
    public async Task Request_ThatNoHandlerTakes_IsNotCounted(string method, string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await gateway.SendAsync(method, path);

        Assert.Empty(await OwnSamplesAsync(gateway, "pushgateway_http_requests_total"));
    }

    [Fact]
    public async Task Push_SizeAndDuration_AreRecordedByMethod()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x");

        Assert.Contains(
            """pushgateway_http_push_duration_seconds_count{method="put"} 2""",
            await OwnSamplesAsync(gateway, "pushgateway_http_push_duration_seconds"));

        // "PUT" and "HTTP/1.1", the target, the host, and the names and values of Connection and Content-Length.
        int size = (3 + 8 + "/metrics/job/a".Length + 1 + 10 + 5 + 14 + 1) * 2 + 4 + 1;
        Assert.Contains(
            $$"""pushgateway_http_push_size_bytes_sum{method="put"} {{size}}""",
            await OwnSamplesAsync(gateway, "pushgateway_http_push_size_bytes"));
    }

    /// <summary>A client may have the whole answer a moment before the request is counted.</summary>
    private static async Task<string[]> CountedSamplesAsync(RunningGateway gateway)
    {
        string[] samples;
        while ((samples = await OwnSamplesAsync(gateway, "pushgateway_http_requests_total")).Length == 0)
        {
            await Task.Yield();
        }
        return samples;
    }

    private static async Task<string[]> OwnSamplesAsync(RunningGateway gateway, string family) =>
    [
        .. (await gateway.SendAsync("GET", "/metrics")).Body.Split('\n')
            .Where(line => line.StartsWith(family, StringComparison.Ordinal)),
    ];
}
