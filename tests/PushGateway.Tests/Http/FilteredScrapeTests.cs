using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

public sealed class FilteredScrapeTests
{
    [Fact]
    public async Task Scrape_Selector_GivesTheMatchingSeriesOnly()
    {
        await using RunningGateway gateway = await StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", "/metrics?match[]=%7Bjob=%22a%22,l=%221%22%7D&match[]=push_time_seconds%7Bjob=%22b%22%7D");

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            """
            # HELP push_time_seconds Last Unix time when changing this group in the Pushgateway succeeded.
            # TYPE push_time_seconds gauge
            push_time_seconds{instance="",job="b"} 1.7e+09
            # HELP x Help of x.
            # TYPE x counter
            x{instance="",job="a",l="1"} 1

            """,
            answer.Body);
    }

    /// <summary>Lateness belongs to the groups of a job, so that every scrape of these groups shows it.</summary>
    [Fact]
    public async Task Scrape_Selector_SelectsExpectationsToo()
    {
        await using RunningGateway gateway = await StartAsync();
        await gateway.SendAsync("POST", "/metrics/job/c", "y 1\n", "Pushgateway-Expect: 1h");
        await gateway.SendAsync("POST", "/metrics/job/d", "y 1\n", "Pushgateway-Expect: 1h");

        string body = (await gateway.SendAsync("GET", "/metrics?match[]=%7Bjob=%22c%22%7D&name[]=push_up&name[]=y")).Body;

        Assert.Equal(
            """
            # HELP push_up Whether the last push of this group was accepted, and is not older than the expected interval.
            # TYPE push_up gauge
            push_up{instance="",job="c"} 1
            # TYPE y untyped
            y{instance="",job="c"} 1

            """,
            body);
    }

    [Fact]
    public async Task Scrape_Names_GivesTheseFamilies_OwnOnesIncluded()
    {
        await using RunningGateway gateway = await StartAsync();

        string body = (await gateway.SendAsync("GET", "/metrics?name[]=x&name[]=process_max_fds&name[]=nope")).Body;

        Assert.Equal(["# HELP process_max_fds", "# TYPE process_max_fds", "process_max_fds", "# HELP x", "# TYPE x", "x{", "x{", "x{"],
            body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Start));

        static string Start(string line) =>
            line.StartsWith("x{", StringComparison.Ordinal) ? "x{"
            : line.StartsWith('#') ? string.Join(' ', line.Split(' ')[..3])
            : line.Split(' ')[0];
    }

    [Fact]
    public async Task Scrape_NothingSelected_IsEmpty()
    {
        await using RunningGateway gateway = await StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", "/metrics?match[]=nope");

        Assert.Equal((200, ""), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?match[]=&name[]=")]
    [InlineData("?other=1")]
    public async Task Scrape_NoSelection_IsWhole(string query)
    {
        await using RunningGateway gateway = await StartAsync();

        string body = (await gateway.SendAsync("GET", $"/metrics{query}")).Body;

        Assert.Contains("\npushgateway_build_info{", body, StringComparison.Ordinal);
        Assert.Contains("\nx{instance=\"\",job=\"b\"} 3\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrape_BadSelector_Is400WithItsPlace()
    {
        await using RunningGateway gateway = await StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", "/metrics?match[]=x&match[]=%7Bjob=");

        Assert.Equal(400, answer.Status);
        Assert.StartsWith("1:6: parse error: ", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text")]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=compact-text")]
    public async Task Scrape_SelectorInOtherFormats_GivesTheSame(string accept)
    {
        await using RunningGateway gateway = await StartAsync();

        string body = (await gateway.SendAsync("GET", "/metrics?match[]=x%7Bl=%221%22%7D", "", $"Accept: {accept}")).Body;

        Assert.Contains("Help of x.", body, StringComparison.Ordinal);
        Assert.DoesNotContain("push_time_seconds", body, StringComparison.Ordinal);
        Assert.Equal(2, body.Split("instance").Length);
    }

    private static async Task<RunningGateway> StartAsync()
    {
        RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "# HELP x Help of x.\n# TYPE x counter\nx{l=\"1\"} 1\nx{l=\"2\"} 2\n");
        await gateway.SendAsync("PUT", "/metrics/job/b", "# HELP x Help of x.\n# TYPE x counter\nx 3\n");
        return gateway;
    }
}
