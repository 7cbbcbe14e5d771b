using System.Text;
using System.Text.Json;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

public sealed class ApiTests
{
    private const string Head =
        "200\nAccess-Control-Allow-Headers: Accept, Authorization, Content-Type, Origin\n"
        + "Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS\n"
        + "Access-Control-Allow-Origin: *\nAccess-Control-Expose-Headers: Date\n"
        + "Cache-Control: no-cache, no-store, must-revalidate\n";

    private const string Nothing = """{"status":"success","data":[]}""";

    [Fact]
    public async Task Metrics_NothingPushed_IsAnEmptyList()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", "/api/v1/metrics");

        Assert.Equal($"{Head}Content-Type: application/json\n\n{Nothing}", answer.Text);
    }

    [Fact]
    public async Task Metrics_ThousandsOfGroups_AreValidJsonInOrder()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RawConnection connection = await gateway.ConnectAsync();
        for (int i = 0; i < 3000; i++)
        {
            string body = $"x{{l=\"</script>\\n\\\"é\"}} {i % 10}\n";
            await connection.SendAsync(
                $"PUT /metrics/job/{i:D4}/path/%22%5C%0A HTTP/1.1\r\nHost: x\r\n"
                + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
            Assert.Equal(200, (await connection.ReadAnswerAsync())!.Status);
        }

        IReadOnlyList<StoredGroup> groups = await gateway.GroupsAsync();

        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"{i:D4}"), groups.Select(group => group.Labels["job"]));
        Assert.All(groups, group => Assert.Equal("\"\\\n", group.Labels["path"]));
        Assert.Equal("9", groups[^1].ValueOf("x"));
        Assert.Equal("</script>\n\"é", groups[^1].MetricOf("x")["labels"]!["l"]!.GetValue<string>());
    }

    [Fact]
    public async Task Status_Flags_AreThoseInEffect()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            "--web.enable-admin-api", "--web.external-url=http://x/pre", "--web.telemetry-path=/m");

        RawAnswer answer = await gateway.SendAsync("GET", "/pre/api/v1/status");

        Assert.StartsWith($"{Head}Content-Type: application/json\n\n", answer.Text);
        using var json = JsonDocument.Parse(answer.Body);
        Assert.Equal("success", json.RootElement.GetProperty("status").GetString());
        JsonElement data = json.RootElement.GetProperty("data");
        Assert.Equal("2023-11-14T22:13:20Z", data.GetProperty("start_time").GetString());
        Assert.Equal(BuildInfo.Current.Version, data.GetProperty("build_information").GetProperty("version").GetString());
        JsonElement flags = data.GetProperty("flags");
        Assert.Equal("true", flags.GetProperty("web.enable-admin-api").GetString());
        Assert.Equal("false", flags.GetProperty("web.enable-lifecycle").GetString());
        Assert.Equal("/pre", flags.GetProperty("web.route-prefix").GetString());
        Assert.Equal("/m", flags.GetProperty("web.telemetry-path").GetString());
        Assert.Equal("127.0.0.1:0", flags.GetProperty("web.listen-address").GetString());
    }

    [Fact]
    public async Task Get_WithAGzipEncodingAndNoBody_IsServedUnderTheApiOnly()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(200, (await gateway.SendAsync("GET", "/api/v1/metrics", "", "Content-Encoding: gzip")).Status);

        RawAnswer scrape = await gateway.SendAsync("GET", "/metrics", "", "Content-Encoding: gzip");
        Assert.Equal((400, "EOF\n"), (scrape.Status, scrape.Body));
    }
}
