using System.Text;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Ui;

/// <summary>What a browser without JavaScript shows of the groups.</summary>
public sealed class NoScriptPageTests
{
    private const string Script = "<script>alert('1')</script>\"&";

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

        string fallback = await FallbackAsync(gateway);

        Assert.DoesNotContain("<script", fallback, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", fallback);
    }

    [Fact]
    public async Task Get_HostileFlag_IsEscaped()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync($"--web.telemetry-path=/{Script}");

        string fallback = await FallbackAsync(gateway);

        Assert.DoesNotContain("<script", fallback, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", fallback);
    }

    [Fact]
    public async Task Get_Groups_ShowsTheirMetricsAndFailures()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync(
            "PUT", "/metrics/job/a", "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_sum 3\nh_count 4\nx 5\n");
        await gateway.SendAsync("PUT", "/metrics/job/b", "x 1 1\n");

        string fallback = await FallbackAsync(gateway);

        Assert.Contains("<p>2 of 2 groups.</p>", fallback);
        Assert.Contains("""<span class="chip">job=&quot;a&quot;</span> </summary>""", fallback);
        Assert.Contains(
            """<span class="chip">job=&quot;b&quot;</span> <strong>last push failed</strong></summary>""", fallback);
        Assert.Contains("<td>5</td>", fallback);
        Assert.Contains("sum: 3 count: 4</td>", fallback);
    }

    [Fact]
    public async Task Get_ManyGroups_EndsTheListAndSaysHowManyThereAre()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        for (int i = 0; i < 200; i++)
        {
            await gateway.SendAsync("PUT", $"/metrics/job/job_{i}", "x 1\n");
        }

        string fallback = await FallbackAsync(gateway);

        Assert.InRange(fallback.Length, 10_000, 30_000);
        Assert.Contains(" of 200 groups.</p>", fallback);
        Assert.DoesNotContain("<p>200 of", fallback);
    }

    [Fact]
    public async Task Get_LargeFamily_IsNamedButNotShown()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        var body = new StringBuilder();
        for (int i = 0; i < 1_000; i++)
        {
            body.Append($"large{{i=\"{i}\"}} 1\n");
        }
        await gateway.SendAsync("PUT", "/metrics/job/a", body.ToString());

        string fallback = await FallbackAsync(gateway);

        Assert.Contains("<h2>large</h2>", fallback);
        Assert.Contains("<p>1000 metrics</p>", fallback);
        Assert.DoesNotContain("999", fallback);
    }

    private static async Task<string> FallbackAsync(RunningGateway gateway)
    {
        string page = (await gateway.SendAsync("GET", "/")).Body;
        int start = page.IndexOf("<noscript>", StringComparison.Ordinal);
        int end = page.IndexOf("</noscript>", StringComparison.Ordinal);
        Assert.InRange(start, 1, end);
        return page[start..end];
    }
}
