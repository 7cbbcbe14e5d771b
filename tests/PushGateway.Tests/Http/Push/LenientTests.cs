using System.Text;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Push;

/// <summary><c>--push.lenient</c>: common mistakes of clients are accepted, counted and logged.</summary>
public sealed class LenientTests : IDisposable
{
    private const string Flag = "--push.lenient";
    private const string Uses = "pushgateway_lenient_pushes_total";
    private const string DelimitedProtobuf =
        "Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("# TYPE x gauge\r\nx{l=\"a\rb\"} 1\r\n", "x{instance=\"\",job=\"a\",l=\"a\rb\"} 1", "crlf")]
    [InlineData("x 1", "x{instance=\"\",job=\"a\"} 1", "final_newline")]
    [InlineData("x 1 1700000000000\n", "x{instance=\"\",job=\"a\"} 1", "timestamp")]
    [InlineData("x 1 \r\n", "x{instance=\"\",job=\"a\"} 1", "crlf,trailing_blank")] // echo x 1 | curl, of cmd.exe
    [InlineData("# TYPE x gauge \nx 1\t\n", "x{instance=\"\",job=\"a\"} 1", "trailing_blank")]
    [InlineData("\ufeffx 1\n", "x{instance=\"\",job=\"a\"} 1", "byte_order_mark")]
    [InlineData("x 1\n\u001a", "x{instance=\"\",job=\"a\"} 1", "ctrl_z")]
    [InlineData("x 1 1700000000.123\n", "x{instance=\"\",job=\"a\"} 1", "timestamp")]
    [InlineData("x 1 17000000000000000000000\n", "x{instance=\"\",job=\"a\"} 1", "timestamp")]
    [InlineData("# TYPE x info\nx_info 1\n# EOF\n", "x_info{instance=\"\",job=\"a\"} 1", "openmetrics")]
    [InlineData("# TYPE x info\r\nx_info 1 7.5\r\n# EOF\r\n", "x_info{instance=\"\",job=\"a\"} 1", "crlf,openmetrics,timestamp")]
    [InlineData("\ufeff# TYPE x unknown\nx 1\n# EOF\n\u001a", "x{instance=\"\",job=\"a\"} 1", "byte_order_mark,ctrl_z,openmetrics")]
    [InlineData("# TYPE x unknown\nx 1 \n# EOF", "x{instance=\"\",job=\"a\"} 1", "openmetrics,trailing_blank")]
    [InlineData("x 1 2\r\ny 1 2", "x{instance=\"\",job=\"a\"} 1;y{instance=\"\",job=\"a\"} 1", "crlf,final_newline,timestamp")]
    public async Task Push_BodyThatIsRefusedOtherwise_IsTakenAndCounted(string body, string samples, string kinds)
    {
        await using RunningGateway strict = await RunningGateway.StartAsync();
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(400, (await strict.SendAsync("PUT", "/metrics/job/a", body)).Status);
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/a", body)).Status);

        Assert.Equal(samples.Split(';'), await gateway.PushedSamplesAsync());
        await AssertCountedAsync(gateway, kinds.Split(','));
    }

    /// <summary>A comment of the text format: nothing is lenient about it.</summary>
    [Fact]
    public async Task Push_TextThatEndsAsOpenMetrics_StaysText()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(
            200, (await gateway.SendAsync("PUT", "/metrics/job/a", "# A comment.\n# TYPE c_total counter\nc_total  1\n# EOF\n")).Status);

        Assert.Contains("# TYPE c_total counter\n", (await gateway.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);
        await AssertCountedAsync(gateway);
        Assert.Equal(
            "openmetrics format parsing error in line 2, column 8: expected a number, found \"\"\n",
            (await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE c info\nc_info  1\n# EOF\n")).Body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Push_Utf16WithItsMark_IsTakenAndCounted(bool isBigEndian)
    {
        var utf16 = new UnicodeEncoding(isBigEndian, byteOrderMark: true);
        byte[] body = [.. utf16.GetPreamble(), .. utf16.GetBytes("# HELP x Größe 😀.\r\nx{l=\"é\"} 1\r\n")];
        await using RunningGateway strict = await RunningGateway.StartAsync();
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(400, (await strict.SendAsync("PUT", "/metrics/job/a", body)).Status);
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/a", body)).Status);

        Assert.Equal(["""x{instance="",job="a",l="é"} 1"""], await gateway.PushedSamplesAsync());
        Assert.Contains("# HELP x Größe 😀.\n", (await gateway.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);
        await AssertCountedAsync(gateway, "crlf", "utf16");
    }

    [Theory]
    [InlineData("7800200031000a00")] // without a mark
    [InlineData("fffe7800200031000a")] // half a character
    [InlineData("fffe7800200000d80a00")] // half a pair
    [InlineData("fffe")]
    [InlineData("fffe23000a00")] // a comment and no sample
    public async Task Push_OtherUtf16_IsRefusedAllTheSame(string body)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(400, (await gateway.SendAsync("PUT", "/metrics/job/a", Convert.FromHexString(body))).Status);

        await AssertCountedAsync(gateway);
    }

    [Fact]
    public async Task Delete_GzipWithoutABody_IsTakenAndCounted()
    {
        const string gzip = "Content-Encoding: gzip";
        await using RunningGateway strict = await RunningGateway.StartAsync();
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        Assert.Equal(400, (await strict.SendAsync("DELETE", "/metrics/job/a", "", gzip)).Status);
        Assert.Equal(400, (await gateway.SendAsync("PUT", "/metrics/job/a", "", gzip)).Status);
        Assert.Equal(400, (await gateway.SendAsync("DELETE", "/metrics/job/a", "\u001f", gzip)).Status);
        Assert.Single(await gateway.GroupsAsync());
        await AssertCountedAsync(gateway);

        Assert.Equal(202, (await gateway.SendAsync("DELETE", "/metrics/job/a", "", gzip)).Status);

        Assert.Empty(await gateway.GroupsAsync());
        await AssertCountedAsync(gateway, "empty_gzip");
    }

    [Theory]
    [InlineData("", "//metrics/job/a/b/c", "b=c,job=a", "double_slash")]
    [InlineData("", "////metrics/job@base64/YQ", "job=a", "double_slash")]
    [InlineData("", "//metrics/job/a/path/%2Ftmp", "job=a,path=/tmp", "double_slash,encoded_slash")]
    [InlineData("/p/q", "/p/q//metrics/job/a", "job=a", "double_slash")]
    public async Task Push_SlashesBeforeMetrics_AreOne(string prefix, string target, string labels, string kinds)
    {
        await using RunningGateway strict = await RunningGateway.StartAsync($"--web.route-prefix={prefix}");
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag, $"--web.route-prefix={prefix}");

        Assert.Equal(301, (await strict.SendAsync("PUT", target, "x 1\n")).Status);
        Assert.Equal(200, (await gateway.SendAsync("PUT", target, "x 1\n")).Status);

        Assert.Equal(labels, Assert.Single(await GroupsAsync(gateway, prefix)).LabelText());
        await AssertCountedBelowAsync(prefix, gateway, kinds.Split(','));

        Assert.Equal(202, (await gateway.SendAsync("DELETE", target)).Status);
        Assert.Empty(await GroupsAsync(gateway, prefix));
    }

    [Theory]
    [InlineData("//metrics")]
    [InlineData("/metrics//job/a")]
    [InlineData("//metrics/job/a//b")]
    [InlineData("//metrics/job/a/../b")]
    [InlineData("//api/v1/groups/job/a")]
    [InlineData("//other/metrics/job/a")]
    public async Task Request_OtherSlashesTooMany_IsRedirected(string target)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(301, (await gateway.SendAsync("PUT", target, "x 1\n")).Status);

        await AssertCountedAsync(gateway);
    }

    [Fact]
    public async Task Push_ProtobufWithTimestamps_IsTakenWithoutThem()
    {
        // name = "x", type = UNTYPED, metric { untyped { value = 1 } timestamp_ms = 5 }
        byte[] body =
            [20, 0x0a, 1, (byte)'x', 0x18, 3, 0x22, 13, 0x2a, 9, 9, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x30, 5];
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(200, (await gateway.SendAsync("POST", "/metrics/job/a", body, DelimitedProtobuf)).Status);

        Assert.Equal(["""x{instance="",job="a"} 1"""], await gateway.PushedSamplesAsync());
        await AssertCountedAsync(gateway, "timestamp");
    }

    [Theory]
    [InlineData("x 1\n")]
    [InlineData("x{l=\"\r\"} 1\n \t")]
    [InlineData("# a comment\n")]
    [InlineData("")]
    public async Task Push_BodyThatIsAsItShouldBe_IsNotCounted(string body)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/a", body)).Status);

        await AssertCountedAsync(gateway);
        Assert.DoesNotContain(gateway.Log.OfLevel("info"), line => line.Contains(Flag, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x\r\n")]
    [InlineData("x 1\r\nx 1\r\n")]
    [InlineData("x \n")] // a name, and no value
    [InlineData("x 1 a \n")]
    [InlineData("x 1 1.5 2\n")]
    [InlineData("x 1 1.5\nx 1 2.5\n")] // twice the same series
    [InlineData("\ufeff")] // nothing to push
    [InlineData("\ufeff# TYPE x gauge\n")]
    [InlineData("\u001a")]
    [InlineData("x 1\n\u001ay 2\n")] // not at the end
    [InlineData("y 2\n\ufeffx 1\n")] // not at the start
    public async Task Push_ThatIsRefusedAllTheSame_IsNotCounted(string body)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(400, (await gateway.SendAsync("PUT", "/metrics/job/a", body)).Status);

        await AssertCountedAsync(gateway);
    }

    [Theory]
    [InlineData("/metrics/job/a/path/%2Fvar%2Ftmp", "job=a,path=/var/tmp")]
    [InlineData("/metrics/job/a/path/%2fvar%2ftmp%2f", "job=a,path=/var/tmp/")]
    [InlineData("/metrics/job/nightly%2Fbackup", "job=nightly/backup")]
    [InlineData("/metrics/job/%2F", "job=/")]
    [InlineData("/metrics/job/a/b/..%2F..", "b=../..,job=a")]
    [InlineData("/metrics/job/a/b/%C3%A9%2F%252F", "b=é/%2F,job=a")]
    [InlineData("/metrics/job@base64/YQ/b/c%2Fd?x=%2F", "b=c/d,job=a")]
    [InlineData("http://elsewhere/metrics/job/a/b/c:%2F%2Fd", "b=c://d,job=a")]
    public async Task Push_EncodedSlashInTheUrl_IsPartOfTheValue(string target, string labels)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(200, (await gateway.SendAsync("PUT", target, "x 1\n")).Status);

        Assert.Equal(labels, Assert.Single(await gateway.GroupsAsync()).LabelText());
        await AssertCountedAsync(gateway, "encoded_slash");

        Assert.Equal(202, (await gateway.SendAsync("DELETE", target)).Status);
        Assert.Empty(await gateway.GroupsAsync());
    }

    [Fact]
    public async Task Push_EncodedSlashWithoutTheFlag_IsASlash()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await gateway.SendAsync("PUT", "/metrics/job/a%2Fb%2Fc", "x 1\n");

        Assert.Equal("b=c,job=a", Assert.Single(await gateway.GroupsAsync()).LabelText());
    }

    [Theory]
    [InlineData("PUT", "/metrics%2Fjob/a", 200)]
    [InlineData("GET", "/api%2fv1%2Fstatus", 200)]
    [InlineData("GET", "/%2F-/healthy", 301)]
    public async Task Request_EncodedSlashBeforeTheKey_IsASlash(string method, string target, int status)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        Assert.Equal(status, (await gateway.SendAsync(method, target, method == "PUT" ? "x 1\n" : "")).Status);

        await AssertCountedAsync(gateway);
    }

    [Fact]
    public async Task Request_EncodedSlash_IsShownAsItWas()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag, "--log.level=debug");

        RawAnswer unclean = await gateway.SendAsync("PUT", "/metrics/job//a%2Fb", "x 1\n");
        RawAnswer odd = await gateway.SendAsync("PUT", "/metrics/job/a/b%2Fc", "x 1\n");

        Assert.Equal((301, "/metrics/job/a%2Fb"), (unclean.Status, unclean.Header("Location")));
        Assert.Equal(
            (400, "odd number of components in label string \"/b%2Fc\"\n"), (odd.Status, odd.Body));
        Assert.Contains(
            gateway.Log.OfLevel("debug"),
            line => line.StartsWith(
                "level=debug caller=Http.PushEndpoints msg=\"improper URL\" method=PUT url=/metrics/job/a/b%2Fc ",
                StringComparison.Ordinal));
    }

    [Fact]
    public async Task GroupsApi_EncodedSlashInTheUrl_ShowsThatGroup()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag, "--web.route-prefix=/p");
        await gateway.SendAsync("PUT", "/p/metrics/job/a/path/%2Ftmp", "x 1\n");

        RawAnswer answer = await gateway.SendAsync("GET", "/p/api/v1/groups/job/a/path/%2Ftmp");

        Assert.Equal(200, answer.Status);
        Assert.Contains("\"path\":\"metrics/job/a/path@base64/L3RtcA\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_AgainAndAgain_IsLoggedOnceAGroupAndKind()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        foreach (string job in (string[])["a", "a", "b"])
        {
            await gateway.SendAsync("PUT", $"/metrics/job/{job}", "x 1 1\r\n");
        }

        const string Before = "level=info caller=Http.Push.LenientPushes "
            + "msg=\"accepted only because of --push.lenient; further pushes of this group and kind are counted\" ";
        Assert.Equal(
            from job in (string[])["a", "b"]
            from kind in (string[])["crlf", "timestamp"]
            select $$"""{{Before}}kind={{kind}} group="{job=\"{{job}}\"}" logged_source=127.0.0.1:""",
            gateway.Log.OfLevel("info").Where(line => line.Contains(Flag, StringComparison.Ordinal))
                .Select(line => line[..(line.LastIndexOf(':') + 1)]));
    }

    [Fact]
    public async Task Push_FromMoreGroupsThanAreLogged_SaysSoOnce()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);

        for (int i = 0; i < 1002; i++)
        {
            await gateway.SendAsync("PUT", $"/metrics/job/{i}", "x 1");
        }

        string[] logged = [.. gateway.Log.OfLevel("info").Where(line => line.Contains(Flag, StringComparison.Ordinal))];
        Assert.Equal(1001, logged.Length);
        Assert.EndsWith(
            "msg=\"many groups need --push.lenient; further ones are counted, not logged\"", logged[^1], StringComparison.Ordinal);
        Assert.Contains($"{Uses}{{kind=\"final_newline\"}} 1002", await OwnLinesAsync(gateway));
    }

    [Theory]
    [InlineData(true, 2)] // the journal is replayed
    [InlineData(false, 0)] // the snapshot is read
    public async Task Restart_AfterLenientPushes_HasTheSameGroups(bool isKilled, int records)
    {
        string stored = _folder.CreateSubdirectory("stored").FullName;
        string asKilled = _folder.CreateSubdirectory("as-killed").FullName;
        string before;
        await using (RunningGateway gateway = await RunningGateway.StartAsync(FileIn(stored), Flag))
        {
            await gateway.SendAsync("PUT", "/metrics/job/a/b/c%2Fd", "# HELP x Help.\r\nx{l=\"a\rb\"} 1 5\r\ny 2 7");
            await gateway.SendAsync("POST", "/metrics/job/a/b/c%2Fd", "z 3 9\r\n");
            before = await gateway.StoredJsonAsync();

            // Not by File.Copy, which minds the gateway's lock on the journal.
            (await ChildProcess.RunAsync("/bin/cp", ["-r", $"{stored}/.", asKilled])).OutputOfSuccess();
        }

        // What is stored does not depend on the flag any more.
        await using RunningGateway restarted = await RunningGateway.StartAsync(FileIn(isKilled ? asKilled : stored));

        Assert.Equal(before, await restarted.StoredJsonAsync());
        string scraped = (await restarted.SendAsync("GET", "/metrics")).Body;
        Assert.Contains($"pushgateway_journal_restored_records {records}\n", scraped, StringComparison.Ordinal);
        Assert.Contains("pushgateway_journal_discarded_records 0\n", scraped, StringComparison.Ordinal);
        Assert.Empty(restarted.Log.OfLevel("error"));
    }

    [Fact]
    public async Task Scrape_WithTheFlag_DeclaresTheFamily()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);
        const string clash = $"# TYPE {Uses} gauge\n{Uses} 7\n";

        Assert.Equal(400, (await gateway.SendAsync("PUT", "/metrics/job/a", clash)).Status);
        string[] expected =
        [
            $"# HELP {Uses} Total pushes and deletions accepted because of --push.lenient, by what was lenient.",
            $"# TYPE {Uses} counter",
            .. from kind in (string[])
               [
                   "byte_order_mark", "crlf", "ctrl_z", "double_slash", "empty_gzip", "encoded_slash", "final_newline", "openmetrics",
                   "timestamp", "trailing_blank", "utf16",
               ]
               select $"{Uses}{{kind=\"{kind}\"}} 0",
        ];
        Assert.Equal(
            expected,
            await OwnLinesAsync(gateway));
    }

    [Fact]
    public async Task Scrape_WithoutTheFlag_LeavesTheNameToClients()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/a", $"# TYPE {Uses} gauge\n{Uses} 7\n")).Status);

        Assert.Equal([$"# TYPE {Uses} gauge", $"{Uses}{{instance=\"\",job=\"a\"}} 7"], await OwnLinesAsync(gateway));
    }

    private static string FileIn(string folder) => $"--persistence.file={Path.Combine(folder, "store")}";

    /// <summary>Each of these once, and no other.</summary>
    private static Task AssertCountedAsync(RunningGateway gateway, params string[] kinds) =>
        AssertCountedBelowAsync(prefix: "", gateway, kinds);

    private static async Task AssertCountedBelowAsync(string prefix, RunningGateway gateway, string[] kinds) => Assert.Equal(
        kinds.Select(kind => $"{Uses}{{kind=\"{kind}\"}} 1"),
        (await OwnLinesAsync(gateway, prefix))
            .Where(line => !line.StartsWith('#') && !line.EndsWith(" 0", StringComparison.Ordinal)));

    private static async Task<IReadOnlyList<StoredGroup>> GroupsAsync(RunningGateway gateway, string prefix) =>
        StoredGroup.ListOf((await gateway.SendAsync("GET", prefix + "/api/v1/metrics")).Body);

    private static async Task<string[]> OwnLinesAsync(RunningGateway gateway, string prefix = "") =>
    [
        .. (await gateway.SendAsync("GET", prefix + "/metrics")).Body.Split('\n')
            .Where(line => line.Contains(Uses, StringComparison.Ordinal)),
    ];
}
