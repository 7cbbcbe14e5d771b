using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

public sealed class JobsTests
{
    [Fact]
    public async Task Jobs_OfAGateway_SayHowTheirGroupsAre()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/db10", "x 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/db2/instance/a", "x 1\n", "Pushgateway-TTL: 4m");
        await gateway.SendAsync("PUT", "/metrics/job/nightly", "x 1\n", "Pushgateway-Expect: 1m");
        gateway.Time.Advance(TimeSpan.FromMinutes(3));
        await gateway.SendAsync("PUT", "/metrics/job/db2", "x 1\ny 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/failing", "x{\n");
        await gateway.SendAsync("PUT", "/metrics/job/failing", "x 1\nx 1\n");

        RawAnswer answer = await gateway.SendAsync("GET", "/api/v1/jobs");

        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Equal(
            """
            {"status":"success","data":{"total":{"jobs":4,"groups":5,"series":15,"late":1,"failing":1,"expiring":1},"offset":0,"limit":50,"jobs":[
            {"job":"failing","groups":1,"series":2,"late":0,"failing":1,"expiring":0,"oldest_push":0,"last_push":0},
            {"job":"nightly","groups":1,"series":3,"late":1,"failing":0,"expiring":0,"oldest_push":1700000000,"last_push":1700000000},
            {"job":"db2","groups":2,"series":7,"late":0,"failing":0,"expiring":1,"oldest_push":1700000000,"last_push":1700000180},
            {"job":"db10","groups":1,"series":3,"late":0,"failing":0,"expiring":0,"oldest_push":1700000000,"last_push":1700000000}]}}
            """.ReplaceLineEndings(""),
            answer.Body);
    }

    [Theory]
    [InlineData("?search=db", "db2 db10")]
    [InlineData("?match[]={job=~\"d.*\"}&limit=1", "db2")]
    [InlineData("?offset=1", "db10")]
    [InlineData("?state=failed", "")]
    [InlineData("?pushed_within=1m", "db2 db10")]
    public async Task Jobs_OfAQuery_AreThoseOfTheSelectedGroups(string query, string expected)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/db10", "x 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/db2", "x 1\n");

        IEnumerable<string?> jobs = (await GroupsTests.DataAsync(gateway, $"/api/v1/jobs{query}")).GetProperty("jobs")
            .EnumerateArray().Select(job => job.GetProperty("job").GetString());

        Assert.Equal(expected, string.Join(' ', jobs));
    }

    [Theory]
    [InlineData("limit=1001", "limit: \\\"1001\\\" must be a whole number from 0 to 1000")]
    [InlineData("state=bad", "state: \\\"bad\\\" must be failed, stale, empty, late, expiring or quarantined")]
    public async Task Jobs_OfAWrongQuery_AreABadRequest(string query, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", $"/api/v1/jobs?{query}");

        Assert.Equal(400, answer.Status);
        Assert.Contains(error, answer.Body);
    }
}
