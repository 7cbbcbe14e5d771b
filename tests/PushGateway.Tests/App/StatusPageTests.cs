using Xunit;

namespace PushGateway.Tests.App;

public sealed class StatusPageTests
{
    private const string Script = "<script>alert('1')</script>\"&";

    [Theory]
    [InlineData("/")]
    [InlineData("/status")]
    public async Task Get_NothingPushed_IsAPage(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", path);

        Assert.Equal((200, "text/html; charset=utf-8"), (answer.Status, answer.Header("Content-Type")));
        Assert.StartsWith("<!DOCTYPE html>", answer.Body);
        Assert.EndsWith("</html>\n", answer.Body);
    }

    [Theory]
    [InlineData("/metrics/job@base64/PHNjcmlwdD5hbGVydCgnMScpPC9zY3JpcHQ-IiY", "x 1\n")]
    [InlineData("/metrics/job/a/%3Cscript%3E/b", "x 1\n")]
    [InlineData("/metrics/job/a", "x{l=\"<script>alert('1')</script>\\\"&\"} 1\n")]
    [InlineData("/metrics/job/a", "x{\"<script>alert('1')</script>\\\"&\"=\"v\"} 1\n")]
    [InlineData("/metrics/job/a", "{\"<script>alert('1')</script>\\\"&\"} 1\n")]
    [InlineData("/metrics/job/a", "# HELP x <script>alert('1')</script>\"&\nx 1\n")]
    public async Task Get_HostileText_IsEscaped(string path, string body)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.enable-utf8-names");
        Assert.Equal(200, (await gateway.SendAsync("PUT", path, body)).Status);

        string page = (await gateway.SendAsync("GET", "/")).Body;

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", page);
    }

    [Fact]
    public async Task Get_HostileFlag_IsEscaped()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync($"--web.telemetry-path=/{Script}");

        string page = (await gateway.SendAsync("GET", "/")).Body;

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", page);
    }

    [Fact]
    public async Task Get_Groups_ShowsTheirMetricsAndFailures()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync(
            "PUT", "/metrics/job/a", "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_sum 3\nh_count 4\nx 5\n");
        await gateway.SendAsync("PUT", "/metrics/job/b", "x 1 1\n");

        string page = (await gateway.SendAsync("GET", "/status")).Body;

        Assert.Contains("<p>2 groups", page);
        Assert.Contains("""<span class="label">job=&quot;a&quot;</span></summary>""", page);
        Assert.Contains(
            """<span class="label">job=&quot;b&quot;</span><strong class="failed">last push failed</strong></summary>""", page);
        Assert.Contains("<td>5</td>", page);
        Assert.Contains("sum: 3 count: 4</td>", page);
    }
}
