using System.Text.Json;
using PushGateway.Tests.Access;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Rejections;

/// <summary>The fields of a rejection in <c>/api/v1/rejections</c>.</summary>
public sealed class RejectionFieldsTests
{
    private const string Hint = "hint: a sample has a timestamp: leave it out; --push.lenient accepts this";

    [Theory]
    [InlineData("/metrics/job/b", "# TYPE x counter\nx 1\n", "", "type x counter gauge [{\"job\":\"a\"}] - clashes with {job=\"a\"}")]
    [InlineData("/metrics/job/b", "y 1\ny 2\n", "", "duplicate y - - [] - -")]
    [InlineData("/metrics/job/b", "# TYPE pushgateway_build_info counter\npushgateway_build_info 1\n", "", "reserved pushgateway_build_info counter gauge [] - clashes with the gateway's own metrics")]
    [InlineData("/metrics/job/b", "x 1\ny 1\nz 1\nu 1\n", "", "limit - - - [] - -")]
    [InlineData("/metrics/job/b", "x 1 12\n", "", $"timestamp - - - [] - {Hint}")]
    [InlineData("/metrics/job/b", "x 1\ny{\n", "", "syntax - - - [] 2 -")]
    [InlineData("/metrics/job/b", "x 1\n", "Pushgateway-TTL: x", "header - - - [] - -")]
    [InlineData("/metrics/job/b", "x 1\n", "Content-Encoding: gzip", "encoding - - - [] - -")]
    [InlineData("/metrics/job/b", "x 1\n", "Content-Type: application/openmetrics-text; version=9", "content_type - - - [] - -")]
    [InlineData("/metrics/job/b", "# TYPE x counter\nx 1\n", "Pushgateway-Merge: series", "type x counter gauge [{\"job\":\"a\"}] - clashes with {job=\"a\"}")]
    [InlineData("/metrics/job/a", "# TYPE x counter\nx 1\n", "Pushgateway-Merge: sum", "merge - - - [] - -")]
    [InlineData("/metrics/job/b/c", "x 1\n", "", "url - - - [] - -")]
    [InlineData("/nowhere", "x 1\n", "", "- - - - [] - -")]
    public async Task Rejection_OfEachKind_SaysItInFields(string path, string body, string header, string expected)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.max-series=3");
        await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE x gauge\nx 1\n");

        await gateway.SendAsync("POST", path, body, header.Length == 0 ? [] : [header]);

        Assert.Equal(expected, Describe((await ListAsync(gateway))[0]));
    }

    [Fact]
    public async Task Rejection_OfALongMessage_IsCutInItsMiddleAndBeforeItsHint()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE x gauge\nx 1\n");

        await gateway.SendAsync("PUT", "/metrics/job/b", $"# TYPE x counter\nx{{a=\"{new string('v', 5000)}\"}} 1\n");

        JsonElement rejection = (await ListAsync(gateway))[0];
        string reason = rejection.GetProperty("reason").GetString()!;
        Assert.StartsWith("pushed metrics are invalid", reason);
        Assert.Contains("v…v", reason);
        Assert.EndsWith(" counter:{value:1}} is not a GAUGE\nclashes with {job=\"a\"}", reason);
        Assert.Equal("type x counter gauge [{\"job\":\"a\"}] - clashes with {job=\"a\"}", Describe(rejection));
    }

    [Fact]
    public async Task Rejection_WithoutTheConsistencyCheck_SaysItInFields()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.disable-consistency-check");

        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1 1\n");

        Assert.Equal($"timestamp - - - [] - {Hint}", Describe((await ListAsync(gateway))[0]));
    }

    /// <summary>Clients that may only push do not see the other groups. Clients that may read see them in both places.</summary>
    [Fact]
    public async Task Rejection_WithRoles_NamesOtherGroupsOnlyToReaders()
    {
        using var folder = new AccessFolder();
        folder.WriteUsers("pusher", "other", "reader");
        folder.Write("""
            roles:
              push: { permissions: [push], groups: '{job="mine"}', users: [pusher] }
              other: { permissions: [push], groups: '{job="secret"}', users: [other] }
              read: { permissions: [read], users: [reader] }
            """);
        await using RunningGateway gateway = await RunningGateway.StartAsync(folder.Flag, folder.Web.Flag);
        await gateway.SendAsync("PUT", "/metrics/job/secret", "# TYPE x gauge\nx 1\n", AccessFolder.Basic("other"));

        RawAnswer answer = await gateway.SendAsync(
            "PUT", "/metrics/job/mine", "# TYPE x counter\nx 1\n", AccessFolder.Basic("pusher"));

        Assert.DoesNotContain("secret", answer.Body);
        string reader = AccessFolder.Basic("reader");
        Assert.Equal(
            "type x counter gauge [{\"job\":\"secret\"}] - clashes with another group",
            Describe(Of(await gateway.SendAsync("GET", "/api/v1/rejections", "", reader)).GetProperty("rejections")[0]));
        Assert.Equal(
            "type x counter gauge [{\"job\":\"secret\"}] - clashes with {job=\"secret\"}",
            Describe(Of(await gateway.SendAsync("GET", "/api/v1/groups/job/mine", "", reader)).GetProperty("error")));
        foreach (string path in (string[])["/api/v1/rejections", "/api/v1/groups/job/mine"])
        {
            RawAnswer denied = await gateway.SendAsync("GET", path, "", AccessFolder.Basic("pusher"));
            Assert.Equal(403, denied.Status);
            Assert.DoesNotContain("secret", denied.Body);
        }
    }

    private static async Task<JsonElement> ListAsync(RunningGateway gateway) =>
        Of(await gateway.SendAsync("GET", "/api/v1/rejections")).GetProperty("rejections");

    private static JsonElement Of(RawAnswer answer) => JsonDocument.Parse(answer.Body).RootElement.GetProperty("data");

    private static string Describe(JsonElement cause) => string.Join(
        ' ',
        ((string[])["kind", "family", "here", "there", "groups", "line", "hint"]).Select(name => cause.GetProperty(name) switch
        {
            { ValueKind: JsonValueKind.Null } => "-",
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            var other => other.GetRawText(),
        }));
}
