using PushGateway.Lifecycle;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Lifecycle;

public sealed class ExpectedPushesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Scrape_NothingExpected_HasNoSampleOfIt()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await PushAsync(gateway, "a", "Pushgateway-TTL: 1h");

        Assert.Empty(await ExpectationsAsync(gateway));
    }

    [Fact]
    public async Task Scrape_GroupWithTheHeader_IsUpUntilTheIntervalIsOver()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await PushAsync(gateway, "a/instance/i", "Pushgateway-Expect: 1m");
        await PushAsync(gateway, "b", "Pushgateway-Expect: 0");
        await PushAsync(gateway, "c");
        string[] up =
        [
            "# HELP push_expected_interval_seconds How often this group should be pushed to, at least, in seconds.",
            "# TYPE push_expected_interval_seconds gauge",
            """push_expected_interval_seconds{instance="i",job="a"} 60""",
            "# HELP push_up Whether the last push of this group was accepted, and is not older than the expected interval.",
            "# TYPE push_up gauge",
            """push_up{instance="i",job="a"} 1""",
        ];
        Assert.Equal(up, await ExpectationsAsync(gateway));
        gateway.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(up, await ExpectationsAsync(gateway));

        gateway.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("""push_up{instance="i",job="a"} 0""", (await ExpectationsAsync(gateway))[^1]);

        await PushAsync(gateway, "a/instance/i", "Pushgateway-Expect: 1m");
        Assert.Equal("""push_up{instance="i",job="a"} 1""", (await ExpectationsAsync(gateway))[^1]);
    }

    [Theory]
    [InlineData("x 1 12345\n")]
    [InlineData("# TYPE x counter\nx 1\n")]
    [InlineData("not a body")]
    public async Task Scrape_GroupWhoseLastPushWasRejected_IsDown(string body)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await PushAsync(gateway, "other");
        await PushAsync(gateway, "a", "Pushgateway-Expect: 1h");
        gateway.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(400, (await gateway.SendAsync("POST", "/metrics/job/a", body)).Status);

        Assert.Equal("""push_up{instance="",job="a"} 0""", (await ExpectationsAsync(gateway))[^1]);
    }

    [Fact]
    public async Task Scrape_RequiredGroup_IsDownWhileItIsMissing()
    {
        await using RunningGateway gateway = await StartAsync(
            """
            rules:
              - match: '{job=~"nightly-.*"}'
                expect: 26h
                required: [{job: nightly-db, instance: db-1}, {job: nightly-web}]
            """);
        Assert.Equal(Up("db-1", "nightly-db", 0, "", "nightly-web", 0), await UpAsync(gateway));

        await PushAsync(gateway, "nightly-db/instance/db-1");
        await PushAsync(gateway, "nightly-other");
        Assert.Equal(
            (string[])["""push_up{instance="",job="nightly-other"} 1""", .. Up("", "nightly-web", 0, "db-1", "nightly-db", 1)],
            await UpAsync(gateway));

        await gateway.SendAsync("DELETE", "/metrics/job/nightly-db/instance/db-1");
        await gateway.SendAsync("DELETE", "/metrics/job/nightly-other");
        Assert.Equal(Up("", "nightly-web", 0, "db-1", "nightly-db", 0), await UpAsync(gateway));
    }

    [Fact]
    public async Task Scrape_ExpiredGroup_IsNoLongerExpectedUnlessRequired()
    {
        await using RunningGateway gateway = await StartAsync(
            """
            rules:
              - {match: '{job="required"}', expect: 1m, ttl: 5m, required: [{job: required}]}
              - {match: '{job="other"}', expect: 1m, ttl: 5m}
            """);
        await PushAsync(gateway, "required");
        await PushAsync(gateway, "other");
        gateway.Time.Advance(TimeSpan.FromMinutes(5));
        await gateway.Services.GetRequiredService<ExpiryService>().ExpireDueAsync();

        Assert.Equal(["""push_up{instance="",job="required"} 0"""], await UpAsync(gateway));
    }

    [Fact]
    public async Task Scrape_HeaderAndRule_HeaderCounts()
    {
        await using RunningGateway gateway = await StartAsync("rules: [{match: '{job=~\".+\"}', expect: 1m}]");
        await PushAsync(gateway, "a");
        await PushAsync(gateway, "b", "Pushgateway-Expect: 1h");
        await PushAsync(gateway, "c", "Pushgateway-Expect: 0");
        gateway.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(
            ["""push_up{instance="",job="a"} 0""", """push_up{instance="",job="b"} 1"""], await UpAsync(gateway));
    }

    /// <summary>A pushed family cannot hide that a job is late, whatever its type.</summary>
    [Theory]
    [InlineData("push_up 1\n")]
    [InlineData("# TYPE push_up histogram\npush_up_bucket{le=\"+Inf\"} 1\npush_up_sum 1\npush_up_count 1\n")]
    public async Task Scrape_PushedFamilyOfTheName_IsReplacedWhereAPushIsExpected(string body)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/evil", body);
        Assert.Contains("push_up", (await gateway.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);

        await PushAsync(gateway, "a", "Pushgateway-Expect: 1m");

        Assert.Equal(["""push_up{instance="",job="a"} 1"""], await UpAsync(gateway));
        foreach (string query in (string[])["match[]={job=\"evil\"}", "name[]=push_up", "match[]=push_up&name[]=push_up"])
        {
            string part = (await gateway.SendAsync("GET", $"/metrics?{query}")).Body;
            Assert.DoesNotMatch("(?m)^push_up.*evil", part);
        }
    }

    private static string[] Up(string instance, string job, int up, string instance2, string job2, int up2)
    {
        string[] lines =
        [
            $$"""push_up{instance="{{instance}}",job="{{job}}"} {{up}}""",
            $$"""push_up{instance="{{instance2}}",job="{{job2}}"} {{up2}}""",
        ];
        Array.Sort(lines, StringComparer.Ordinal);
        return lines;
    }

    private async Task<RunningGateway> StartAsync(string rules)
    {
        string file = Path.Combine(_folder, "lifecycle.yml");
        await File.WriteAllTextAsync(file, rules, TestContext.Current.CancellationToken);
        return await RunningGateway.StartAsync($"--lifecycle.config.file={file}");
    }

    private static async Task PushAsync(RunningGateway gateway, string job, params string[] headers)
    {
        RawAnswer answer = await gateway.SendAsync("POST", $"/metrics/job/{job}", "x 1\n", headers);
        Assert.Equal(200, answer.Status);
    }

    private static async Task<string[]> UpAsync(RunningGateway gateway) =>
        [.. (await ExpectationsAsync(gateway)).Where(line => line.StartsWith("push_up", StringComparison.Ordinal))];

    private static async Task<string[]> ExpectationsAsync(RunningGateway gateway) =>
    [
        .. (await gateway.SendAsync("GET", "/metrics")).Body.Split('\n')
            .Where(line => line.Contains("push_up", StringComparison.Ordinal)
                || line.Contains("push_expected", StringComparison.Ordinal)),
    ];
}
