using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>Commands of people and cron jobs: curl in a shell.</summary>
public sealed class CurlTests : GatewayTests
{
    [Fact]
    public async Task Post_LineFromEcho_IsScraped()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await gateway.ShellAsync(
            """echo "some_metric 3.14" | curl --data-binary @- "$GATEWAY/metrics/job/some_job" """);

        string scrape = await gateway.ShellAsync("""curl "$GATEWAY/metrics" """);
        Assert.Contains(
            "# TYPE some_metric untyped\nsome_metric{instance=\"\",job=\"some_job\"} 3.14\n", scrape);
    }

    [Fact]
    public async Task Post_HereDocument_KeepsTypesHelpAndLabelsOfTheUrl()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await gateway.ShellAsync(
            """
            cat <<'END' | curl --data-binary @- "$GATEWAY/metrics/job/backup/instance/db-1/disk/sda"
            # HELP backup_bytes Bytes written.
            # TYPE backup_bytes counter
            backup_bytes{kind="full"} 42
            # TYPE backup_seconds gauge
            backup_seconds 2398.283
            END
            """);

        string scrape = await gateway.ScrapeAsync();
        Assert.Contains(
            "# HELP backup_bytes Bytes written.\n# TYPE backup_bytes counter\n" +
            "backup_bytes{disk=\"sda\",instance=\"db-1\",job=\"backup\",kind=\"full\"} 42\n",
            scrape);
        Assert.Contains("backup_seconds{disk=\"sda\",instance=\"db-1\",job=\"backup\"} 2398.283\n", scrape);
    }

    [Fact]
    public async Task PutThenPost_SameGroup_ReplacesTheGroupThenOneFamily()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await gateway.ShellAsync(
            """
            printf 'old 1\n' | curl --data-binary @- "$GATEWAY/metrics/job/a"
            printf 'kept 1\nchanged 1\n' | curl -X PUT --data-binary @- "$GATEWAY/metrics/job/a"
            printf 'changed 2\n' | curl --data-binary @- "$GATEWAY/metrics/job/a"
            """);

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal(["changed", "kept"], group.Families);
        Assert.Equal("2", group.ValueOf("changed"));
    }

    [Fact]
    public async Task Delete_OneGroup_LeavesTheGroupBelowIt()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        string codes = await gateway.ShellAsync(
            """
            echo 'x 1' | curl --data-binary @- "$GATEWAY/metrics/job/a"
            echo 'x 2' | curl --data-binary @- "$GATEWAY/metrics/job/a/instance/b"
            curl -X DELETE -w '%{http_code}' "$GATEWAY/metrics/job/a"
            """);

        Assert.Equal("202", codes);
        await Deadline.UntilAsync(
            Deadline.Change, "one group is left", async _ => (await gateway.GroupsAsync()).Count == 1);
        Assert.Equal("instance=b,job=a", (await gateway.GroupAsync()).LabelText());
    }

    [Fact]
    public async Task Put_GzippedBody_IsStored()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await gateway.ShellAsync(
            """
            echo 'zipped 1' | gzip |
                curl -X PUT -H 'Content-Encoding: gzip' --data-binary @- "$GATEWAY/metrics/job/a"
            """);

        Assert.Equal("1", (await gateway.GroupAsync()).ValueOf("zipped"));
    }

    [Fact]
    public async Task Upload_FromAPipe_IsReadInChunks()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        // A million bytes of no known length: PUT, chunked, after a "100 Continue".
        await gateway.ShellAsync(
            """
            awk 'BEGIN { for (i = 0; i < 50000; i++) printf "streamed{i=\"%d\"} 1\n", i }' |
                curl --fail -T - "$GATEWAY/metrics/job/a"
            """);

        Assert.Equal(50_000, (await gateway.GroupAsync()).MetricsOf("streamed").Count());
    }

    [Theory]
    [InlineData("job@base64/L3Zhci90bXA", "job=/var/tmp")]
    [InlineData("job@base64/L3Zhci90bXA=", "job=/var/tmp")]
    [InlineData("job/a/path@base64/L3Zhci90bXA/instance@base64/=", "instance=,job=a,path=/var/tmp")]
    [InlineData("job/a/blank/one%20two", "blank=one two,job=a")]
    [InlineData("job/titan/name/%CE%A0%CF%81%CE%BF%CE%BC%CE%B7%CE%B8%CE%B5%CF%8D%CF%82", "job=titan,name=Προμηθεύς")]
    public async Task Post_EncodedGroupingKey_IsDecoded(string path, string labels)
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await gateway.ShellAsync($"""echo 'x 1' | curl --fail --data-binary @- "$GATEWAY/metrics/{path}" """);

        Assert.Equal(labels, (await gateway.GroupAsync()).LabelText());
    }

    [Fact]
    public async Task Post_BrokenText_IsRefusedWithTheLineAndChangesNothing()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        string answer = await gateway.ShellAsync(
            """
            printf 'good 1\nbad one\n' | curl -w '%{http_code}' --data-binary @- "$GATEWAY/metrics/job/a"
            """);

        Assert.Contains("text format parsing error in line 2: ", answer);
        Assert.EndsWith("400", answer);
        Assert.Empty(await gateway.GroupsAsync());
    }

    /// <summary>curl with wrong flags, and the commands of Windows.</summary>
    [Theory]
    [InlineData("printf 'x 1 \\r\\n' | curl --data-binary @-", "lines end in CR LF: end them in LF; a line ends in a blank: leave it out", true)]
    [InlineData("printf '\\357\\273\\277x 1\\n' | curl --data-binary @-", "the body begins with a byte order mark: leave it out", true)]
    [InlineData("printf 'x 1\\n' | iconv -t UTF-16 | curl --data-binary @-", "the body is UTF-16: send UTF-8", true)]
    [InlineData("printf 'x 1\\n' | curl -d @-", "the last line does not end in a line feed: add one (curl -d", true)]
    [InlineData("printf '# TYPE x gauge\\nx 1\\n' | curl -d @-", "the body has no line feeds, which curl -d removes", false)]
    [InlineData("printf 'x 1\\n' | curl -F metrics=@-", "the body is a multipart form", false)]
    [InlineData("printf 'x 1\\n' | curl --data-urlencode metrics@-", "the body is a URL-encoded form", false)]
    [InlineData("printf 'x 1\\n' | gzip | curl --data-binary @-", "the body is gzip data", false)]
    public async Task Post_CommonMistake_HasAHintAndMayBeAcceptedLeniently(string command, string hint, bool isAccepted)
    {
        GatewayProcess strict = await StartGatewayAsync();
        GatewayProcess lenient = await StartGatewayAsync("--push.lenient");
        string push = command + " -s -w '%{http_code}' \"$GATEWAY/metrics/job/a\"";

        string refused = await strict.ShellAsync(push);
        string answer = await lenient.ShellAsync(push);

        Assert.Contains("\nhint: " + hint, refused);
        Assert.EndsWith("\n400", refused);
        Assert.Equal(isAccepted, refused.Contains("--push.lenient accepts this", StringComparison.Ordinal));
        Assert.Equal(isAccepted, answer == "200");
    }

    /// <summary>curl repeats a PUT without its body when it follows a redirect.</summary>
    [Fact]
    public async Task Put_UrlWithASlashTooMany_DoesNotEmptyTheGroupLeniently()
    {
        GatewayProcess gateway = await StartGatewayAsync("--push.lenient");

        await gateway.ShellAsync("""echo 'x 1' | curl --fail -L -X PUT --data-binary @- "$GATEWAY//metrics/job/a" """);

        Assert.Equal(["x"], (await gateway.GroupAsync()).Families);
    }

    [Fact]
    public async Task Scrape_Compressed_IsTheSameText()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        string scrapes = await gateway.ShellAsync(
            """
            echo 'x 1' | curl --data-binary @- "$GATEWAY/metrics/job/a"
            curl --compressed "$GATEWAY/metrics" | grep '^x'
            curl -H 'Accept-Encoding: gzip' "$GATEWAY/metrics" | gzip -d | grep '^x'
            """);

        Assert.Equal("x{instance=\"\",job=\"a\"} 1\nx{instance=\"\",job=\"a\"} 1\n", scrapes);
    }

    [Fact]
    public async Task Json_AfterAPush_ShowsGroupsAndFlags()
    {
        GatewayProcess gateway = await StartGatewayAsync("--web.enable-lifecycle");

        string status = await gateway.ShellAsync(
            """
            echo 'x 1' | curl --data-binary @- "$GATEWAY/metrics/job/a/instance/b"
            curl "$GATEWAY/api/v1/status"
            """);

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("instance=b,job=a", group.LabelText());
        Assert.True(group.LastPushSuccessful);
        Assert.Equal("UNTYPED", group.TypeOf("x"));
        Assert.Contains("\"web.enable-lifecycle\":\"true\"", status);
    }

    [Fact]
    public async Task Wipe_WithTheAdminApi_EmptiesTheStore()
    {
        GatewayProcess gateway = await StartGatewayAsync("--web.enable-admin-api");

        string code = await gateway.ShellAsync(
            """
            echo 'x 1' | curl --data-binary @- "$GATEWAY/metrics/job/a"
            echo 'x 2' | curl --data-binary @- "$GATEWAY/metrics/job/b"
            curl -X PUT -w '%{http_code}' "$GATEWAY/api/v1/admin/wipe"
            """);

        Assert.Equal("202", code);
        await Deadline.UntilAsync(
            Deadline.Change, "nothing is stored", async _ => (await gateway.GroupsAsync()).Count == 0);
    }
}
