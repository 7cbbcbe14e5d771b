using System.Text.Json;
using PushGateway.Tests.Access;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary>The history of a group in <c>/api/v1/groups/job/JOB…</c>.</summary>
public sealed class GroupHistoryApiTests
{
    [Fact]
    public async Task History_OfAGroup_HasWhatWasPushedNewestFirst()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.max-series=3");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\ny{l=\"1\"} 2\n");
        gateway.Time.Advance(TimeSpan.FromSeconds(1.5));
        await gateway.SendAsync("POST", "/metrics/job/a", "x 1 5\n");
        await gateway.SendAsync("POST", "/metrics/job/a", "x{\n");
        await gateway.SendAsync("PUT", "/metrics/job/a", "a 1\nb 1\nc 1\nd 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/a", "", "Pushgateway-TTL: x");
        await gateway.SendAsync("PUT", "/metrics/job/other", "x 1\n");
        await gateway.SendAsync("DELETE", "/metrics/job/other");

        JsonElement history = await HistoryAsync(gateway, "a");

        Assert.Equal(
            ["time", "method", "status", "reason", "samples", "bytes", "duration_seconds", "client"],
            history[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            [
                "1700000001.5 PUT 400 the header Pushgateway-TTL is not a duration such as 15m, 1d12h or 0: \"x\" 0 0",
                "1700000001.5 PUT 422 the push has 4 series, and at most 3 are allowed (--push.max-series) 0 16",
                "1700000001.5 POST 400 text format parsing error in line 1: invalid label name for metric \"x\" 0 3",
                "1700000001.5 POST 400 pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps\n"
                + "hint: a sample has a timestamp: leave it out; --push.lenient accepts this 1 6",
                "1700000000 PUT 200 - 2 15",
            ],
            history.EnumerateArray().Select(Describe));
        Assert.All(history.EnumerateArray(), push =>
        {
            Assert.Equal(0, push.GetProperty("duration_seconds").GetDouble());
            Assert.Matches(@"^127\.0\.0\.1:\d+$", push.GetProperty("client").GetString());
        });
    }

    [Fact]
    public async Task History_OfAGroupThatWasDeleted_IsThereAgainWithTheGroup()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x{\n");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        await gateway.SendAsync("DELETE", "/metrics/job/a");
        Assert.Equal(404, (await gateway.SendAsync("GET", "/api/v1/groups/job/a")).Status);

        await gateway.SendAsync("PUT", "/metrics/job/a", "x 2\n");

        Assert.Equal([200, 200, 400], (await HistoryAsync(gateway, "a")).EnumerateArray().Select(push => push.GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task History_WithoutTheConsistencyCheck_HasTheReasonOfWhatWasNotStored()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.disable-consistency-check");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1 5\n");

        JsonElement push = (await HistoryAsync(gateway, "a"))[0];

        Assert.StartsWith("1700000000 PUT 202 pushed metrics must not have timestamps", Describe(push));
    }

    [Fact]
    public async Task History_OfARepeatedPushAndADryRun_HasTheRepetitionOnly()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n", "Idempotency-Key: k");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n", "Idempotency-Key: k");
        await gateway.SendAsync("PUT", "/metrics/job/a?dry_run=true", "x 1\n");

        Assert.Equal(2, (await HistoryAsync(gateway, "a")).GetArrayLength());
    }

    [Fact]
    public async Task History_OfAGroupWithoutAny_IsEmpty()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("pushgateway-test-").FullName, "store");
        await using (RunningGateway before = await RunningGateway.StartAsync($"--persistence.file={file}"))
        {
            await before.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        }
        await using (RunningGateway gateway = await RunningGateway.StartAsync($"--persistence.file={file}"))
        {
            Assert.Equal(0, (await HistoryAsync(gateway, "a")).GetArrayLength());
        }
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task History_WithRoles_IsForThoseWhoMayRead()
    {
        using var folder = new AccessFolder();
        folder.WriteUsers("pusher", "reader");
        folder.Write("""
            roles:
              push: { permissions: [push], users: [pusher] }
              read: { permissions: [read], users: [reader] }
            """);
        await using RunningGateway gateway = await RunningGateway.StartAsync(folder.Flag, folder.Web.Flag);
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n", AccessFolder.Basic("pusher"));

        RawAnswer denied = await gateway.SendAsync("GET", "/api/v1/groups/job/a", "", AccessFolder.Basic("pusher"));
        RawAnswer read = await gateway.SendAsync("GET", "/api/v1/groups/job/a", "", AccessFolder.Basic("reader"));

        Assert.Equal((403, 200), (denied.Status, read.Status));
        Assert.Contains("\"history\":[{\"time\":1700000000,\"method\":\"PUT\",\"status\":200,\"reason\":null,", read.Body);
    }

    private static async Task<JsonElement> HistoryAsync(RunningGateway gateway, string job) =>
        (await GroupsTests.DataAsync(gateway, $"/api/v1/groups/job/{job}")).GetProperty("history");

    private static string Describe(JsonElement push) => string.Join(
        ' ',
        push.GetProperty("time").GetRawText(),
        push.GetProperty("method").GetString(),
        push.GetProperty("status").GetInt32(),
        push.GetProperty("reason").GetString() ?? "-",
        push.GetProperty("samples").GetInt32(),
        push.GetProperty("bytes").GetInt64());
}
