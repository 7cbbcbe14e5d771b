using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Push;

/// <summary>Pushes that name no job, with <c>--push.default-job</c>.</summary>
public sealed class DefaultJobTests
{
    [Theory]
    [InlineData("/metrics", "x{instance=\"\",job=\"all\"} 1")]
    [InlineData("/metrics/", "x{instance=\"\",job=\"all\"} 1")]
    [InlineData("/metrics/instance/i", "x{instance=\"i\",job=\"all\"} 1")]
    [InlineData("/metrics/zone@base64/YS9i/a/b", "x{a=\"b\",instance=\"\",job=\"all\",zone=\"a/b\"} 1")]
    [InlineData("/metrics/zone/a/job/own", "x{instance=\"\",job=\"own\",zone=\"a\"} 1")]
    [InlineData("/metrics/job/own", "x{instance=\"\",job=\"own\"} 1")]
    [InlineData("/metrics/job/own/zone/a", "x{instance=\"\",job=\"own\",zone=\"a\"} 1")]
    [InlineData("/metrics/job@base64/b3du", "x{instance=\"\",job=\"own\"} 1")]
    public async Task Post_OfLabelsOnly_GoesToTheGroupOfTheJob(string path, string sample)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.default-job=all");

        Assert.Equal(200, (await gateway.SendAsync("POST", path, "x 1\n")).Status);

        Assert.Equal([sample], await gateway.PushedSamplesAsync());
    }

    /// <summary>The examples in the documentation of prom-aggregation-gateway, with the rule that adds everything up.</summary>
    [Fact]
    public async Task Post_AsToPromAggregationGateway_AddsUp()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                file, "rules: [{match: '{job=\"all\"}', merge: 'sum, gauges=sum'}]", TestContext.Current.CancellationToken);
            await using RunningGateway gateway =
                await RunningGateway.StartAsync("--push.default-job=all", $"--lifecycle.config.file={file}");
            const string requests = "http_requests_total{method=\"post\",code=\"200\"} 1027\n";
            const string errors = "\nhttp_requests_total{method=\"post\",code=\"200\"} 1027\nhttp_errors_total{method=\"post\",code=\"500\"} 6\n";

            for (int i = 0; i < 2; i++)
            {
                Assert.Equal(200, (await gateway.SendAsync("POST", "/metrics/", requests)).Status);
                Assert.Equal(200, (await gateway.SendAsync("POST", "/metrics/domain/sometest.com/instance/nginx-1", errors)).Status);
            }

            Assert.Equal(
                [
                    "http_errors_total{code=\"500\",domain=\"sometest.com\",instance=\"nginx-1\",job=\"all\",method=\"post\"} 12",
                    "http_requests_total{code=\"200\",instance=\"\",job=\"all\",method=\"post\"} 2054",
                    "http_requests_total{code=\"200\",domain=\"sometest.com\",instance=\"nginx-1\",job=\"all\",method=\"post\"} 2054",
                ],
                await gateway.PushedSamplesAsync());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("/metrics/zone", "odd number of components in label string \"/zone\"\n")]
    [InlineData("/metrics/__zone/a", "improper label name \"__zone\"\n")]
    [InlineData("/metrics/zone/a/job@base64/=", "job name is required\n")]
    public async Task Post_OfImproperLabels_Is400(string path, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.default-job=all");

        RawAnswer answer = await gateway.SendAsync("POST", path, "x 1\n");

        Assert.Equal((400, error), (answer.Status, answer.Body));
        Assert.Contains("POST", (await gateway.SendAsync("OPTIONS", path)).Header("Allow"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/metrics/", 301)]
    [InlineData("PUT", "/metrics/", 405)]
    [InlineData("PUT", "/metrics", 405)]
    [InlineData("DELETE", "/metrics/zone/a", 405)]
    [InlineData("GET", "/metrics", 200)]
    public async Task OtherRequest_IsAnsweredAsThePathsAre(string method, string path, int status)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.default-job=all");

        Assert.Equal(status, (await gateway.SendAsync(method, path)).Status);
    }

    [Theory]
    [InlineData("/metrics", 405)]
    [InlineData("/metrics/", 404)]
    [InlineData("/metrics/instance/i", 404)]
    [InlineData("/metrics/job", 404)]
    public async Task Post_WithoutTheFlag_IsAnsweredAsByTheGoPushgateway(string path, int status)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(status, (await gateway.SendAsync("POST", path, "x 1\n")).Status);
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Post_ToAGroupOfAnotherRole_IsRefused()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                file,
                """
                roles:
                  all:
                    permissions: [push]
                    groups: '{job="all",zone="a"}'
                    anonymous: true
                """,
                TestContext.Current.CancellationToken);
            await using RunningGateway gateway =
                await RunningGateway.StartAsync("--push.default-job=all", $"--access.config.file={file}");

            Assert.Equal(200, (await gateway.SendAsync("POST", "/metrics/zone/a", "x 1\n")).Status);
            Assert.Equal(403, (await gateway.SendAsync("POST", "/metrics/zone/b", "x 1\n")).Status);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
