using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Clients;

/// <summary>Unchanged OpenMetrics output of clients, with exemplars.</summary>
public sealed class OpenMetricsClientTests : GatewayTests
{
    [Fact]
    public async Task Push_FromPython_HasEveryKindWithExemplarsUnitAndStarts()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        Assert.Equal("200\n", await ClientPrograms.RunPythonAsync(ClientPrograms.PathOf("python", "openmetrics.py"), gateway.Address));

        string scraped = await gateway.ScrapeAsync();
        const string labels = "instance=\"\",job=\"python\"";
        string[] expected =
        [
            "# HELP read_bytes_total Bytes \"read\".\n# TYPE read_bytes_total counter\n"
                + $"read_bytes_total{{{labels},path=\"/a\\\"b\\\\c\\nd\"}} 3\n",
            $"# TYPE temperature gauge\ntemperature{{{labels}}} -Inf\n",
            $"# TYPE size_bytes summary\nsize_bytes_sum{{{labels}}} 2\nsize_bytes_count{{{labels}}} 1\n",
            $"# TYPE wait_seconds histogram\nwait_seconds_bucket{{{labels},le=\"0.1\"}} 0\nwait_seconds_bucket{{{labels},le=\"1\"}} 1\n"
                + $"wait_seconds_bucket{{{labels},le=\"+Inf\"}} 1\nwait_seconds_sum{{{labels}}} 0.5\nwait_seconds_count{{{labels}}} 1\n",
            $"# TYPE release_info gauge\nrelease_info{{{labels},version=\"1.2.3\"}} 1\n",
            $"# TYPE state gauge\nstate{{{labels},state=\"running\"}} 1\nstate{{{labels},state=\"starting\"}} 0\n",
        ];
        Assert.All(expected, part => Assert.Contains(part, scraped, StringComparison.Ordinal));

        string group = await gateway.Client.GetStringAsync("/api/v1/groups/job/python", TestContext.Current.CancellationToken);
        Assert.Contains("\"unit\":\"bytes\"", group, StringComparison.Ordinal);
        Assert.Matches("\"value\":\"3\",\"created\":[0-9.]+,\"exemplars\":\\[{\"labels\":{\"trace_id\":\"4bf9\"},\"value\":\"3\",\"timestamp\":[0-9.]+}\\]", group);
        Assert.Matches("\\[{\"labels\":{\"trace_id\":\"51ab\"},\"value\":\"0.5\",\"timestamp\":[0-9.]+,\"le\":\"1\"}\\]", group);
    }

    /// <summary>Its own push has no Content-Type.</summary>
    [Theory]
    [InlineData("fetch")]
    [InlineData("push", "--push.lenient")]
    public async Task Push_FromNode_HasCountersAndExemplars(string operation, params string[] flags)
    {
        GatewayProcess gateway = await StartGatewayAsync(flags);

        Assert.Equal("200\n", await ClientPrograms.RunNodeAsync(ClientPrograms.PathOf("node", "openmetrics.js"), gateway.Address, operation));

        string scraped = await gateway.ScrapeAsync();
        Assert.Contains(
            "# HELP rows_total Rows \"read\".\n# TYPE rows_total counter\nrows_total{instance=\"\",job=\"node\",table=\"a\\\"b\"} 3\n",
            scraped,
            StringComparison.Ordinal);
        Assert.Contains(
            "wait_seconds_bucket{instance=\"\",job=\"node\",step=\"c\\\\d\",le=\"1\"} 1\n", scraped, StringComparison.Ordinal);
        Assert.Contains("# TYPE nodejs_heap_size_total_bytes gauge\n", scraped, StringComparison.Ordinal);
        string group = await gateway.Client.GetStringAsync("/api/v1/groups/job/node", TestContext.Current.CancellationToken);
        Assert.Contains("\"exemplars\":[{\"labels\":{\"traceId\":\"4bf9\"},\"value\":\"3\",\"timestamp\":", group, StringComparison.Ordinal);
        Assert.Contains("\"exemplars\":[{\"labels\":{\"traceId\":\"51ab\"},\"value\":\"0.5\",\"timestamp\":", group, StringComparison.Ordinal);
    }
}
