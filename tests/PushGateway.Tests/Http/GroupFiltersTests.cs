using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary>Selections, orders and counts of <c>/api/v1/groups</c>.</summary>
public sealed class GroupFiltersTests
{
    [Theory]
    [InlineData("", "db2 db10 nightly")]
    [InlineData("?sort=-job", "nightly db10 db2")]
    [InlineData("?pushed_before=5m", "db10")]
    [InlineData("?pushed_before=10m", "")]
    [InlineData("?pushed_within=5m", "db2 nightly")]
    [InlineData("?pushed_within=10m&pushed_before=5m", "db10")]
    [InlineData("?pushed_before=4m&pushed_within=4m", "")]
    [InlineData("?state=stale&stale_after=1m&pushed_within=7m", "db2")]
    [InlineData("?search=walu", "nightly")]
    [InlineData("?search=zone", "")]
    public async Task List_AQuery_SelectsAndSorts(string query, string jobs)
    {
        await using RunningGateway gateway = await StartAsync();

        Assert.Equal(jobs, string.Join(' ', (await GroupsTests.DataAsync(gateway, $"/api/v1/groups{query}")).GetProperty("groups")
            .EnumerateArray().Select(group => group.GetProperty("labels").GetProperty("job").GetString())));
    }

    [Theory]
    [InlineData("counts=true", """{"all":3,"failing":1,"late":2,"expiring":1,"empty":1,"quarantined":0}""")]
    [InlineData("counts=true&state=failed", """{"all":3,"failing":1,"late":2,"expiring":1,"empty":1,"quarantined":0}""")]
    [InlineData("counts=true&search=db", """{"all":2,"failing":0,"late":1,"expiring":1,"empty":1,"quarantined":0}""")]
    [InlineData("counts=true&pushed_before=7m&limit=0", """{"all":1,"failing":0,"late":1,"expiring":0,"empty":0,"quarantined":0}""")]
    [InlineData("counts=false", null)]
    [InlineData("counts=", null)]
    [InlineData("", null)]
    public async Task List_WithCounts_CountsTheStatesOfWhatIsSelected(string query, string? expected)
    {
        await using RunningGateway gateway = await StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/nightly", "x{\n");

        bool has = (await GroupsTests.DataAsync(gateway, $"/api/v1/groups?{query}")).TryGetProperty("counts", out System.Text.Json.JsonElement counts);

        Assert.Equal(expected, has ? counts.GetRawText() : null);
    }

    [Fact]
    public async Task List_WithAMalformedParameter_IsABadRequest()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer counts = await gateway.SendAsync("GET", "/api/v1/groups?counts=yes");
        RawAnswer before = await gateway.SendAsync("GET", "/api/v1/groups?pushed_before=soon");

        Assert.Contains("counts: \\\"yes\\\" must be true or false", counts.Body);
        Assert.Contains("pushed_before: time: invalid duration \\\"soon\\\"", before.Body);
        Assert.Equal((400, 400), (counts.Status, before.Status));
    }

    [Fact]
    public async Task Delete_OfOldGroups_LeavesTheOthers()
    {
        await using RunningGateway gateway = await StartAsync("--web.enable-admin-api");

        RawAnswer answer = await gateway.SendAsync("DELETE", "/api/v1/groups?pushed_before=5m");

        Assert.Contains("\"groups\":1,", answer.Body);
        Assert.Null(gateway.Snapshot.Find(new([new("job", "db10")])));
        Assert.Equal(2, gateway.Snapshot.GroupCount);
    }

    /// <summary>db10 was pushed to 8 minutes ago, db2 4 minutes ago, nightly just now.</summary>
    private static async Task<RunningGateway> StartAsync(params string[] flags)
    {
        RunningGateway gateway = await RunningGateway.StartAsync(flags);
        await gateway.SendAsync("PUT", "/metrics/job/db10", "x 1\n", "Pushgateway-Expect: 5m");
        gateway.Time.Advance(TimeSpan.FromMinutes(4));
        await gateway.SendAsync("PUT", "/metrics/job/db2", "", "Pushgateway-TTL: 6m");
        gateway.Time.Advance(TimeSpan.FromMinutes(4));
        await gateway.SendAsync("PUT", "/metrics/job/nightly", "y{zone=\"Walub\"} 1\n", "Pushgateway-Expect: 5m");
        return gateway;
    }
}
