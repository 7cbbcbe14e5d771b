using PushGateway.Lifecycle;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Lifecycle;

public sealed class RuleLimitTests : IDisposable
{
    private const string TwoGroups = "2 groups of the rule {job=\"ci\"} are stored, and at most 2 are allowed (--lifecycle.config.file)\n";

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task MaxGroups_OneMore_Is429ThatNamesTheRule()
    {
        await using RunningGateway gateway = await StartAsync("rules: [{match: '{job=\"ci\"}', max_groups: 2}]");
        Assert.Equal(200, (await PushAsync(gateway, "ci/instance/a")).Status);
        Assert.Equal(200, (await PushAsync(gateway, "ci/instance/b")).Status);

        RawAnswer more = await PushAsync(gateway, "ci/instance/c");

        Assert.Equal((429, TwoGroups), (more.Status, more.Body));
        Assert.Equal(2, gateway.Snapshot.GroupCount);
        Assert.Contains(
            "\npushgateway_requests_rejected_total{reason=\"rule_groups\"} 1\n",
            (await gateway.SendAsync("GET", "/metrics")).Body,
            StringComparison.Ordinal);
        Assert.Equal(200, (await PushAsync(gateway, "ci/instance/a")).Status);
        Assert.Equal(200, (await PushAsync(gateway, "other")).Status);
    }

    [Fact]
    public async Task MaxGroups_GroupsThatGo_MakeRoom()
    {
        await using RunningGateway gateway =
            await StartAsync("rules: [{match: '{job=\"ci\"}', max_groups: 2, ttl: 1m}]", "--web.enable-admin-api");
        await PushAsync(gateway, "ci/instance/a");
        await PushAsync(gateway, "ci/instance/b");

        await gateway.SendAsync("DELETE", "/metrics/job/ci/instance/a");
        Assert.Equal(200, (await PushAsync(gateway, "ci/instance/c")).Status);
        Assert.Equal(429, (await PushAsync(gateway, "ci/instance/d")).Status);

        gateway.Time.Advance(TimeSpan.FromMinutes(1));
        await gateway.Services.GetRequiredService<ExpiryService>().ExpireDueAsync();
        Assert.Equal(200, (await PushAsync(gateway, "ci/instance/e")).Status);
        Assert.Equal(200, (await PushAsync(gateway, "ci/instance/f")).Status);
        Assert.Equal(429, (await PushAsync(gateway, "ci/instance/g")).Status);

        await gateway.SendAsync("PUT", "/api/v1/admin/wipe");
        Assert.Equal(200, (await PushAsync(gateway, "ci/instance/h")).Status);
    }

    [Fact]
    public async Task MaxGroups_RejectedPushes_MakeNoGroupBeyond()
    {
        await using RunningGateway gateway = await StartAsync("rules: [{match: '{job=\"ci\"}', max_groups: 1}]");
        await PushAsync(gateway, "ci/instance/a");

        RawAnswer rejected = await gateway.SendAsync("PUT", "/metrics/job/ci/instance/b", "x 1 12345\n");

        Assert.Equal(400, rejected.Status);
        Assert.Equal(1, gateway.Snapshot.GroupCount);
    }

    [Fact]
    public async Task MaxGroups_RestoredGroupsAndChangedRules_Count()
    {
        string[] flags = [$"--persistence.file={Path.Combine(_folder, "metrics")}"];
        await using (RunningGateway before = await StartAsync("rules: []", flags))
        {
            await PushAsync(before, "ci/instance/a");
            await PushAsync(before, "ci/instance/b");
        }
        await using RunningGateway gateway = await StartAsync("rules: [{match: '{job=\"ci\"}', max_groups: 3}]", flags);
        Assert.Equal(200, (await PushAsync(gateway, "ci/instance/c")).Status);
        Assert.Equal(429, (await PushAsync(gateway, "ci/instance/d")).Status);

        Assert.True(LifecycleDocument.TryParse("rules: [{match: '{job=~\"c.\"}', max_groups: 4}]", out LifecycleDocument? rules, out _));
        gateway.Services.GetRequiredService<GroupLifecycle>().Apply(rules);

        Assert.Equal(200, (await PushAsync(gateway, "ci/instance/d")).Status);
        Assert.Equal(429, (await PushAsync(gateway, "ci/instance/e")).Status);
    }

    [Theory]
    [InlineData("--push.max-series=1000000", "x{l=\"1\"} 1\nx{l=\"2\"} 1\nx{l=\"3\"} 1\n")]
    [InlineData("--push.max-series=0", "x{l=\"1\"} 1\nx{l=\"2\"} 1\ny 1\n")]
    public async Task MaxSeries_OneMore_Is422ThatNamesTheRule(string flag, string body)
    {
        await using RunningGateway gateway = await StartAsync("rules: [{match: '{job=\"ci\"}', max_series: 2}]", flag);

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/ci", body);

        Assert.Equal(422, answer.Status);
        Assert.EndsWith("and at most 2 are allowed, by the rule {job=\"ci\"} (--lifecycle.config.file)\n", answer.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/other", body)).Status);
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/ci", "x{l=\"1\"} 1\nx{l=\"2\"} 1\n")).Status);
    }

    [Fact]
    public async Task MaxSeries_AboveTheFlags_IsTheFlags()
    {
        await using RunningGateway gateway =
            await StartAsync("rules: [{match: '{job=\"ci\"}', max_series: 2}]", "--push.max-series=1");

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/ci", "x{l=\"1\"} 1\nx{l=\"2\"} 1\n");

        Assert.Equal(422, answer.Status);
        Assert.EndsWith("(--push.max-series)\n", answer.Body, StringComparison.Ordinal);
    }

    private async Task<RunningGateway> StartAsync(string rules, params string[] flags)
    {
        string file = Path.Combine(_folder, "lifecycle.yml");
        await File.WriteAllTextAsync(file, rules, TestContext.Current.CancellationToken);
        return await RunningGateway.StartAsync([$"--lifecycle.config.file={file}", .. flags]);
    }

    private static Task<RawAnswer> PushAsync(RunningGateway gateway, string job) =>
        gateway.SendAsync("POST", $"/metrics/job/{job}", "x 1\n");
}
