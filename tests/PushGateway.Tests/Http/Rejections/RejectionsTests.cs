using System.Text.Json;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Tests.Access;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using PushGateway.Tests.WebConfig;
using Xunit;

namespace PushGateway.Tests.Http.Rejections;

/// <summary><c>/api/v1/rejections</c>: the outcomes of pushes and deletions whose senders discard the answer.</summary>
public sealed class RejectionsTests
{
    [Fact]
    public async Task Rejections_OfAGatewayWithoutAny_AreNone()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        await gateway.SendAsync("DELETE", "/metrics/job/a");

        RawAnswer answer = await gateway.SendAsync("GET", "/api/v1/rejections");

        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Equal("""{"status":"success","data":{"total":0,"rejections":[]}}""", answer.Body);
    }

    [Fact]
    public async Task Rejections_NewestFirst_SayWhatWasSentAndWhy()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/nightly/instance/a?token=secret", "x{\n");
        gateway.Time.Advance(TimeSpan.FromMilliseconds(1500));
        await gateway.SendAsync("POST", "/metric/job/nightly", "x 1\n");

        JsonElement data = await GroupsTests.DataAsync(gateway, "/api/v1/rejections");

        Assert.Equal(2, data.GetProperty("total").GetInt64());
        Assert.Equal(
            ["time", "status", "method", "path", "client", "group", "reason", "kind", "family", "here", "there", "groups", "line", "hint"],
            data.GetProperty("rejections")[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            [
                "1700000001.5 404 POST /metric/job/nightly null: 404 page not found",
                "1700000000 400 PUT /metrics/job/nightly/instance/a {\"instance\":\"a\",\"job\":\"nightly\"}: "
                + "text format parsing error in line 1: invalid label name for metric \"x\"",
            ],
            data.GetProperty("rejections").EnumerateArray().Select(
                one => $"{one.GetProperty("time").GetRawText()} {Describe(one)}"));
        Assert.All(
            data.GetProperty("rejections").EnumerateArray(),
            one => Assert.Matches(@"^127\.0\.0\.1:\d+$", one.GetProperty("client").GetString()));
    }

    [Theory]
    [InlineData("PUT", "/metrics/job/a/b", "x 1\n", "400 PUT /metrics/job/a/b null: odd number of components in label string \"/b\"")]
    [InlineData("DELETE", "/metrics/job/a/1/c", "", "400 DELETE /metrics/job/a/1/c null: improper label name \"1\"")]
    [InlineData("PUT", "/metrics/job/%zz", "x 1\n", "400 PUT /metrics/job/%zz null: 400 Bad Request")]
    [InlineData("PUT", "/metrics/job/a/b@base64/_w", "x 1\n", "400 PUT /metrics/job/a/b@base64/_w null: a label value in the URL is not valid UTF-8")]
    [InlineData("PATCH", "/metrics/job/a", "x 1\n", "405 PATCH /metrics/job/a {\"job\":\"a\"}: Method Not Allowed")]
    [InlineData("put", "/metrics/job/a", "x 1\n", "405 put /metrics/job/a {\"job\":\"a\"}: Method Not Allowed")]
    [InlineData("PUT", "/metrics/job@base64/YS9i", "x", "400 PUT /metrics/job@base64/YS9i {\"job\":\"a/b\"}: text format parsing error in line 1: unexpected end of input stream")]
    [InlineData("PUT", "//metrics/job/a", "x 1\n", "301 PUT //metrics/job/a {\"job\":\"a\"}: redirected to /metrics/job/a")]
    [InlineData("POST", "/METRICS/job/a", "x 1\n", "307 POST /METRICS/job/a null: redirected to /metrics/job/a")]
    [InlineData("PUT", "/api/v1/admin/wipe", "", "404 PUT /api/v1/admin/wipe null: 404 page not found")]
    [InlineData("PUT", "/-/quit", "", "403 PUT /-/quit null: Lifecycle API is not enabled.")]
    [InlineData("DELETE", "/api/v1/groups?match[]=x", "", "403 DELETE /api/v1/groups null: deleting by a query needs --web.enable-admin-api (dry_run=true does not)")]
    [InlineData("PUT", "/metrics/job/a", "abcdefghijklmnopqrst 1\n", "413 PUT /metrics/job/a {\"job\":\"a\"}: the body has more than 20 bytes (--push.max-body-size)")]
    [InlineData("PUT", "/metrics/job/a", "x 1\ny 1\nz 1\n", "422 PUT /metrics/job/a {\"job\":\"a\"}: the push has 3 series, and at most 2 are allowed (--push.max-series)")]
    public async Task Rejection_OfEachKind_IsListed(string method, string path, string body, string listed)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.max-body-size=20", "--push.max-series=2");

        await gateway.SendAsync(method, path, body);

        Assert.Equal([listed], await ListAsync(gateway));
    }

    [Fact]
    public async Task Rejection_ForAFullStore_IsListedWithItsGroupAlthoughThereIsNone()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--store.max-groups=1");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n");

        Assert.StartsWith("429 PUT /metrics/job/b {\"job\":\"b\"}: ", Assert.Single(await ListAsync(gateway)));
    }

    [Fact]
    public async Task Rejection_WhileTheGatewayCannotRestore_IsListedMeanwhile()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pushgateway-test-");
        await using (RunningGateway gateway = await RunningGateway.StartAsync(
            path => new DiskFolder(path), $"--persistence.file={folder.FullName}"))
        {
            Assert.Equal(503, (await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n")).Status);

            Assert.StartsWith("503 PUT /metrics/job/a {\"job\":\"a\"}: ", Assert.Single(await ListAsync(gateway)));
        }
        folder.Delete();
    }

    [Fact]
    public async Task Rejection_BeyondTheConcurrentRequests_IsListed()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.max-requests=1");
        using RawConnection slow = await gateway.ConnectAsync();
        await slow.SendAsync("PUT /metrics/job/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nx"u8.ToArray());
        await Deadline.UntilAsync(
            Deadline.Change,
            "a push is rejected",
            async _ => (await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n")).Status == 503);

        await slow.SendAsync(" 1\n"u8.ToArray());
        await slow.ReadAnswerAsync();

        Assert.Equal(
            "503 PUT /metrics/job/a {\"job\":\"a\"}: too many concurrent requests: the limit is 1 (--web.max-requests)",
            (await ListAsync(gateway))[0]);
    }

    [Fact]
    public async Task Rejection_FromAnotherSite_IsListed()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await gateway.SendAsync("POST", "/metrics/job/a", "x 1\n", "Sec-Fetch-Site: cross-site");

        Assert.StartsWith("403 POST /metrics/job/a {\"job\":\"a\"}: Cross-site", Assert.Single(await ListAsync(gateway)));
    }

    [Fact]
    public async Task Rejection_AnsweredWithAcceptedWithoutTheCheck_IsListed()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.disable-consistency-check");

        Assert.Equal(202, (await gateway.SendAsync("PUT", "/metrics/job/a", "x 1 1\n")).Status);

        Assert.StartsWith(
            "202 PUT /metrics/job/a {\"job\":\"a\"}: pushed metrics must not have timestamps\nhint: a sample has a timestamp",
            Assert.Single(await ListAsync(gateway)));
    }

    [Fact]
    public async Task Rejection_OfAGroupWithASlash_IsReadAsThePushIs()
    {
        await using RunningGateway strict = await RunningGateway.StartAsync();
        await using RunningGateway lenient = await RunningGateway.StartAsync("--push.lenient");

        await strict.SendAsync("PUT", "/metrics/job/a%2Fb", "x{\n");
        await lenient.SendAsync("PUT", "/metrics/job/a%2Fb", "x{\n");

        Assert.StartsWith("400 PUT /metrics/job/a%2Fb null: odd number", Assert.Single(await ListAsync(strict)));
        Assert.StartsWith("400 PUT /metrics/job/a%2Fb {\"job\":\"a/b\"}: text", Assert.Single(await ListAsync(lenient)));
    }

    [Fact]
    public async Task RejectedReads_AreNotListed()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await gateway.SendAsync("GET", "/nowhere");
        await gateway.SendAsync("GET", "/api/v1/metrics?match[]={");
        await gateway.SendAsync("HEAD", "/nowhere");
        await gateway.SendAsync("OPTIONS", "/nowhere");

        Assert.Empty(await ListAsync(gateway));
    }

    [Fact]
    public async Task Rejections_WithRoles_AreForThoseWhoMayRead()
    {
        using var folder = new AccessFolder();
        folder.WriteUsers("pusher", "reader");
        folder.Write("""
            roles:
              push:
                permissions: [push]
                groups: '{job="mine"}'
                users: [pusher]
              read:
                permissions: [read]
                users: [reader]
            """);
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            folder.Flag, folder.Web.Flag);
        await gateway.SendAsync("PUT", "/metrics/job/mine", "x 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/mine", "x 1\n", AccessFolder.Basic("pusher", "wrong"));
        await gateway.SendAsync("PUT", "/metrics/job/other", "x 1\n", AccessFolder.Basic("pusher"));

        RawAnswer denied = await gateway.SendAsync("GET", "/api/v1/rejections", "", AccessFolder.Basic("pusher"));
        RawAnswer read = await gateway.SendAsync("GET", "/api/v1/rejections", "", AccessFolder.Basic("reader"));

        Assert.Equal((403, 200), (denied.Status, read.Status));
        Assert.Equal(
            [
                "403 PUT /metrics/job/other {\"job\":\"other\"}: "
                + "Forbidden: user \"pusher\" does not have the permission \"push\" for the group {job=\"other\"}",
                "401 PUT /metrics/job/mine {\"job\":\"mine\"}: Unauthorized",
                "401 PUT /metrics/job/mine {\"job\":\"mine\"}: "
                + "Unauthorized: this requires the permission \"push\", and no credentials were given",
            ],
            Of(read.Body));
    }

    [Fact]
    public async Task Rejections_BeyondTheRateLimit_AreListed()
    {
        using var folder = new WebConfigFolder();
        folder.WriteConfig("rate_limit:\n  interval: 1h\n  burst: 2\n");
        await using RunningGateway gateway = await RunningGateway.StartAsync(folder.Flag);
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        gateway.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["429 PUT /metrics/job/a {\"job\":\"a\"}: Too Many Requests"], await ListAsync(gateway));
    }

    private static async Task<string[]> ListAsync(RunningGateway gateway) =>
        Of((await gateway.SendAsync("GET", "/api/v1/rejections")).Body);

    private static string[] Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("data").GetProperty("rejections").EnumerateArray().Select(Describe)];
    }

    private static string Describe(JsonElement rejection) =>
        $"{rejection.GetProperty("status").GetInt32()} {rejection.GetProperty("method").GetString()} "
        + $"{rejection.GetProperty("path").GetString()} {rejection.GetProperty("group").GetRawText()}: "
        + rejection.GetProperty("reason").GetString();
}
