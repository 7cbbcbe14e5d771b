using System.Text.Json;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Lifecycle;

/// <summary>What <c>/api/v1/groups</c> says of the lives of groups.</summary>
public sealed class GroupDeadlinesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Groups_ShowWhenTheyExpireAndWhetherTheyAreLate()
    {
        await using RunningGateway gateway = await StartAsync();
        await PushAsync(gateway, "plain");
        await PushAsync(gateway, "short", "Pushgateway-TTL: 1h");
        await PushAsync(gateway, "expected", "Pushgateway-Expect: 90s");
        gateway.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(
            [
                "expected: null null 90 true",
                "plain: null null null null",
                "short: 3600 1700003600 null null",
            ],
            await GroupsAsync(gateway, ""));
        JsonElement one = Parse(await gateway.SendAsync("GET", "/api/v1/groups/job/short"));
        Assert.Equal(1_700_003_600, one.GetProperty("expires").GetDouble());
    }

    [Fact]
    public async Task State_SelectsLateAndExpiringGroups_AndTheTotalsCountThem()
    {
        await using RunningGateway gateway = await StartAsync();
        await PushAsync(gateway, "late", "Pushgateway-Expect: 1m");
        await PushAsync(gateway, "in time", "Pushgateway-Expect: 1h");
        await PushAsync(gateway, "expiring", "Pushgateway-TTL: 3m");
        await PushAsync(gateway, "fresh", "Pushgateway-TTL: 1h");
        await PushAsync(gateway, "plain");
        gateway.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(["late: null null 60 true"], await GroupsAsync(gateway, "?state=late"));
        Assert.Equal(["expiring: 180 1700000180 null null"], await GroupsAsync(gateway, "?state=expiring"));
        JsonElement total = Parse(await gateway.SendAsync("GET", "/api/v1/groups?limit=0")).GetProperty("total");
        Assert.Equal((1, 1), (total.GetProperty("late").GetInt32(), total.GetProperty("expiring").GetInt32()));
    }

    [Fact]
    public async Task Groups_WithRequiredOnes_ListThoseThatAreMissing()
    {
        await using RunningGateway gateway = await StartAsync(
            "rules: [{match: '{job=~\"a|b\"}', expect: 1m, required: [{job: a}, {job: b, instance: i}]}]");
        await PushAsync(gateway, "a");

        JsonElement data = Parse(await gateway.SendAsync("GET", "/api/v1/groups"));

        Assert.Equal("""[{"instance":"i","job":"b"}]""", data.GetProperty("missing").GetRawText());
    }

    private async Task<RunningGateway> StartAsync(string rules = "rules: []")
    {
        string file = Path.Combine(_folder, "lifecycle.yml");
        await File.WriteAllTextAsync(file, rules, TestContext.Current.CancellationToken);
        return await RunningGateway.StartAsync($"--lifecycle.config.file={file}");
    }

    private static async Task PushAsync(RunningGateway gateway, string job, params string[] headers)
    {
        RawAnswer answer = await gateway.SendAsync("POST", $"/metrics/job/{Uri.EscapeDataString(job)}", "x 1\n", headers);
        Assert.Equal(200, answer.Status);
    }

    private static async Task<IEnumerable<string>> GroupsAsync(RunningGateway gateway, string query)
    {
        JsonElement data = Parse(await gateway.SendAsync("GET", $"/api/v1/groups{query}"));
        return data.GetProperty("groups").EnumerateArray().Select(group =>
            $"{group.GetProperty("labels").GetProperty("job").GetString()}: {group.GetProperty("ttl").GetRawText()}"
            + $" {group.GetProperty("expires").GetRawText()} {group.GetProperty("expected_interval").GetRawText()}"
            + $" {group.GetProperty("late").GetRawText()}");
    }

    private static JsonElement Parse(RawAnswer answer)
    {
        Assert.Equal(200, answer.Status);
        using var json = JsonDocument.Parse(answer.Body);
        return json.RootElement.GetProperty("data").Clone();
    }
}
