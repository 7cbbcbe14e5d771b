using System.Text.Json;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary><c>/api/v1/groups</c>; the clock stands at 1700000000.</summary>
public sealed class GroupsTests : IDisposable
{
    private const string Groups = "/api/v1/groups";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task List_NothingPushed_IsEmpty()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", Groups);

        Assert.Equal(
            "200\nAccess-Control-Allow-Headers: Accept, Authorization, Content-Type, Origin\n"
            + "Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS\n"
            + "Access-Control-Allow-Origin: *\nAccess-Control-Expose-Headers: Date\n"
            + "Cache-Control: no-cache, no-store, must-revalidate\nContent-Type: application/json\n\n"
            + """{"status":"success","data":{"total":{"groups":0,"series":0,"quarantined":0,"late":0,"expiring":0},"matched":{"groups":0,"series":0,"bytes":0},"""
            + "\"offset\":0,\"limit\":50,\"groups\":[]}}",
            answer.Text);
    }

    [Fact]
    public async Task Group_WithExemplarsUnitsAndStarts_ShowsThem()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        const string body = "# TYPE c_seconds counter\n# UNIT c_seconds seconds\nc_seconds_total 3 # {t=\"a\"} 0.5 1700000000.25\n"
            + "c_seconds_created 1600000000.5\n# TYPE h histogram\nh_bucket{le=\"1\"} 1 # {} 0.75\nh_bucket{le=\"+Inf\"} 2\n"
            + "h_created 1600000001\n# TYPE s summary\ns_sum 6\ns_created -1.5\nu 1\n# EOF\n";
        await gateway.SendAsync("PUT", "/metrics/job/a", body, "Content-Type: application/openmetrics-text");

        string data = (await gateway.SendAsync("GET", $"{Groups}/job/a")).Body;

        const string labels = "\"labels\":{\"instance\":\"\",\"job\":\"a\"}";
        string[] expected =
        [
            "\"help\":\"\",\"unit\":\"seconds\",\"pushed\":",
            $"{labels},\"value\":\"3\",\"created\":1600000000.5,"
                + "\"exemplars\":[{\"labels\":{\"t\":\"a\"},\"value\":\"0.5\",\"timestamp\":1700000000.25}]}]",
            "\"buckets\":[[\"1\",\"1\"],[\"+Inf\",\"2\"]],\"created\":1600000001,"
                + "\"exemplars\":[{\"labels\":{},\"value\":\"0.75\",\"le\":\"1\"}]}]",
            "\"quantiles\":[],\"created\":-1.5}]",
            $"\"help\":\"\",\"pushed\":1700000000,\"series\":1,\"offset\":0,\"metrics\":[{{{labels},\"value\":\"1\"}}]",
        ];
        Assert.All(expected, part => Assert.Contains(part, data, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_AGroup_ShowsItsSummary()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.external-url=http://x/pre");
        await gateway.SendAsync("PUT", "/pre/metrics/job/nightly/path@base64/L3Zhci90bXA", "x{l=\"1\"} 1\nx{l=\"2\"} 2\ny 3\n");

        RawAnswer answer = await gateway.SendAsync("GET", $"/pre{Groups}?limit=7&nonsense=1");

        int bytes = (await gateway.SendAsync("GET", "/pre/metrics")).Body.Split('\n')
            .Where(line => line.Contains("job=\"nightly\"", StringComparison.Ordinal)).Sum(line => line.Length + 1);
        Assert.EndsWith(
            $$$"""
            "data":{"total":{"groups":1,"series":5,"quarantined":0,"late":0,"expiring":0},"matched":{"groups":1,"series":5,"bytes":{{{bytes}}}},
            "offset":0,"limit":7,"groups":[
            {"labels":{"job":"nightly","path":"/var/tmp"},"path":"metrics/job/nightly/path@base64/L3Zhci90bXA",
            "pushed":1700000000,"failed":0,"ok":true,"families":4,"samples":3,"series":5,"bytes":{{{bytes}}},"error":null,"quarantined":null,
            "ttl":null,"expires":null,"expected_interval":null,"late":null}]}}
            """.ReplaceLineEndings(""),
            answer.Body);
    }

    [Theory]
    [InlineData("?match[]=job%3D~%22n.*%22", "nightly")]
    [InlineData("?match[]={instance=%22a%22}", "nightly")]
    [InlineData("?match[]=x{l=%221%22}", "nightly")]
    [InlineData("?match[]=y&match[]={l=%221%22}", "nightly other")]
    [InlineData("?match[]=nope", "")]
    [InlineData("?search=NIGHT", "nightly")]
    [InlineData("?search=ot%20er", "other")]
    [InlineData("?search=&limit=&state=&sort=&stale_after=", "nightly other")]
    [InlineData("?match[]=", "nightly other")]
    [InlineData("?match[]=&match[]=y", "other")]
    [InlineData("?state=failed", "")]
    [InlineData("?state=stale", "")]
    [InlineData("?state=stale&stale_after=0", "")] // pushed right now, which is not before now
    [InlineData("?pushed_within=5m", "nightly other")]
    [InlineData("?sort=-job", "other nightly")]
    [InlineData("?sort=series", "other nightly")]
    [InlineData("?sort=-series", "nightly other")]
    [InlineData("?sort=age", "nightly other")]
    [InlineData("?limit=1", "nightly")]
    [InlineData("?limit=1&offset=1", "other")]
    [InlineData("?limit=0", "")]
    public async Task List_AQuery_SelectsAndSorts(string query, string jobs)
    {
        await using RunningGateway gateway = await TwoGroupsAsync();

        JsonElement data = await DataAsync(gateway, Groups + query);

        string[] expected = jobs.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string?> actual = data.GetProperty("groups").EnumerateArray()
            .Select(group => group.GetProperty("labels").GetProperty("job").GetString());
        Assert.Equal(expected, actual);
        Assert.Equal(2, data.GetProperty("total").GetProperty("groups").GetInt32());
    }

    [Fact]
    public async Task List_TooManySelectors_IsRefused()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string query = string.Join('&', Enumerable.Repeat("match[]=a", 33));

        await AssertErrorAsync(gateway, "GET", $"{Groups}?{query}", 400, "bad_data", "match[]: more than 32 selectors");
    }

    [Theory]
    [InlineData("match[]=%20", "1:2: parse error: expected a metric name, a label name or \"{\", found the end")]
    [InlineData("match[]={a=%22b%22", "1:7: parse error: expected \",\" or \"}\", found the end")]
    [InlineData("match[]=a&match[]={}", "1:1: parse error: a selector needs a matcher that does not match the empty value")]
    [InlineData("match[]=a=~%22(%22", "1:4: parse error: a regular expression is wrong: a parenthesis is not closed")]
    [InlineData("state=new", "state: \"new\" must be failed, stale, empty, late, expiring or quarantined")]
    [InlineData("sort=name", "sort: \"name\" must be job, pushed, age, series, size or state, with an optional leading minus")]
    [InlineData("sort=--job", "sort: \"--job\" must be job, pushed, age, series, size or state, with an optional leading minus")]
    [InlineData("limit=1001", "limit: \"1001\" must be a whole number from 0 to 1000")]
    [InlineData("limit=-1", "limit: \"-1\" must be a whole number from 0 to 1000")]
    [InlineData("limit=1.5", "limit: \"1.5\" must be a whole number from 0 to 1000")]
    [InlineData("offset=2147483648", "offset: \"2147483648\" must be a whole number from 0 to 2147483647")]
    [InlineData("offset=%20", "offset: \" \" must be a whole number from 0 to 2147483647")]
    [InlineData("stale_after=5", "stale_after: time: missing unit in duration \"5\"")]
    [InlineData("pushed_within=-5m", "pushed_within: \"-5m\" is negative")]
    [InlineData("pushed_within=soon", "pushed_within: time: invalid duration \"soon\"")]
    [InlineData("search=1+2+3+4+5+6+7+8+9+0+1+2+3+4+5+6+7+8+9+0+1+2+3+4+5+6+7+8+9+0+1+2+3", "search: more than 32 words")]
    public async Task List_ABadQuery_IsRefusedWithTheReason(string query, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await AssertErrorAsync(gateway, "GET", $"{Groups}?{query}", 400, "bad_data", error);
    }

    [Fact]
    public async Task List_ARefusedPush_ShowsWhyUntilOneIsTaken()
    {
        await using RunningGateway gateway = await TwoGroupsAsync();
        await gateway.SendAsync("PUT", "/metrics/job/other", "x 1\nx 2\n");
        await gateway.SendAsync("PUT", "/metrics/job/nightly/instance/a", "x{\n");
        await gateway.SendAsync("PUT", "/metrics/job/new", "x{\n");

        JsonElement failed = await DataAsync(gateway, Groups + "?state=failed&sort=-job");

        Assert.Equal(
            [
                "other False 1700000000 collected metric \"x\" { label:{name:\"instance\" value:\"\"} "
                    + "label:{name:\"job\" value:\"other\"} untyped:{value:2}} was collected before with the same name and label values",
                "nightly False 0 text format parsing error in line 1: invalid label name for metric \"x\"",
            ],
            failed.GetProperty("groups").EnumerateArray().Select(group =>
                $"{group.GetProperty("labels").GetProperty("job")} {group.GetProperty("ok")} {group.GetProperty("failed")} "
                + $"{group.GetProperty("error").GetProperty("message")}"));
        Assert.Equal(1_700_000_000, failed.GetProperty("groups")[0].GetProperty("error").GetProperty("time").GetDouble());

        await gateway.SendAsync("POST", "/metrics/job/nightly/instance/a", "x 1\n");

        Assert.Equal("other", Assert.Single((await DataAsync(gateway, Groups + "?state=failed")).GetProperty("groups")
            .EnumerateArray()).GetProperty("labels").GetProperty("job").GetString());
    }

    [Fact]
    public async Task Show_AGroup_HasItsFamilies()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync(
            "PUT",
            "/metrics/job/a",
            "# HELP c A counter.\n# TYPE c counter\nc{l=\"2\"} 2\nc{l=\"1\"} 1e+07\n"
            + "# TYPE h histogram\nh_bucket{le=\"0.1\"} 3\nh_sum 3.5\nh_count 12\n"
            + "# TYPE s summary\ns{quantile=\"0.5\"} 1.2\ns_sum 2\ns_count 1\nu NaN\n");

        JsonElement data = await DataAsync(gateway, Groups + "/job/a");

        Assert.Equal(6, data.GetProperty("family_count").GetInt32());
        Assert.Equal("metrics/job/a", data.GetProperty("path").GetString());
        JsonElement[] families = [.. data.GetProperty("families").EnumerateArray()];
        Assert.Equal(
            """
            {"name":"c","type":"counter","help":"A counter.","pushed":1700000000,"series":2,"offset":0,"metrics":[
            {"labels":{"instance":"","job":"a","l":"1"},"value":"1e+07"},{"labels":{"instance":"","job":"a","l":"2"},"value":"2"}]}
            {"name":"h","type":"histogram","help":"","pushed":1700000000,"series":1,"offset":0,"metrics":[
            {"labels":{"instance":"","job":"a"},"count":"12","sum":"3.5","buckets":[["0.1","3"],["+Inf","12"]]}]}
            """.Replace("[\n", "[", StringComparison.Ordinal),
            $"{families[0].GetRawText()}\n{families[1].GetRawText()}");
        Assert.Equal(
            """[{"labels":{"instance":"","job":"a"},"count":"1","sum":"2","quantiles":[["0.5","1.2"]]}]""",
            families[4].GetProperty("metrics").GetRawText());
        Assert.Equal("NaN", families[5].GetProperty("metrics")[0].GetProperty("value").GetString());
    }

    [Fact]
    public async Task Show_APageOfAFamily_HasItsSamplesOnly()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync(
            "PUT", "/metrics/job/a", string.Concat(Enumerable.Range(0, 150).Select(i => $"x{{i=\"{i:D3}\"}} {i}\n")) + "y 1\n");

        JsonElement all = await DataAsync(gateway, Groups + "/job/a");
        JsonElement page = await DataAsync(gateway, Groups + "/job/a?family=x&offset=120&limit=2");
        JsonElement behind = await DataAsync(gateway, Groups + "/job/a?family=x&offset=150");

        Assert.Equal(100, FamilyOf(all, "x").GetProperty("metrics").GetArrayLength());
        Assert.Equal("x", Assert.Single(page.GetProperty("families").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(4, page.GetProperty("family_count").GetInt32());
        Assert.Equal(
            ["120", "121"],
            FamilyOf(page, "x").GetProperty("metrics").EnumerateArray().Select(metric => metric.GetProperty("value").GetString()));
        Assert.Equal((150, 120), (FamilyOf(page, "x").GetProperty("series").GetInt32(), FamilyOf(page, "x").GetProperty("offset").GetInt32()));
        Assert.Equal(0, FamilyOf(behind, "x").GetProperty("metrics").GetArrayLength());
    }

    [Theory]
    [InlineData("/job/b", 404, "not_found", "group not found: {job=\"b\"}")]
    [InlineData("/job@base64/Yg", 404, "not_found", "group not found: {job=\"b\"}")]
    [InlineData("/job/a/b", 400, "bad_data", "odd number of components in label string \"/b\"")]
    [InlineData("/job/a?limit=10001", 400, "bad_data", "limit: \"10001\" must be a whole number from 0 to 10000")]
    [InlineData("/job/a?offset=x", 400, "bad_data", "offset: \"x\" must be a whole number from 0 to 2147483647")]
    public async Task Show_NoGroup_SaysWhy(string path, int status, string type, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await AssertErrorAsync(gateway, "GET", Groups + path, status, type, error);
    }

    /// <summary>The path that the list gives leads to the group, under both roots.</summary>
    [Fact]
    public async Task Show_ThePathOfTheList_IsTheGroup()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.enable-utf8-names");
        string[] paths =
        [
            "job/a", "job/%C3%A9%20%3C%3E", "job@base64/Lg", "job/a/b@base64/=", "job/a/b@base64/L3Zhci90bXA", "job/a/U__b_2e_c/%25",
            "job/a/%F4%8F%BF%BF/x", "job/a/U__b___2f_%F4%80%80%80/x",
        ];
        foreach (string path in paths)
        {
            Assert.Equal(200, (await gateway.SendAsync("PUT", $"/metrics/{path}", "x 1\n")).Status);
        }

        JsonElement data = await DataAsync(gateway, Groups);

        Assert.Equal(paths.Length, data.GetProperty("groups").GetArrayLength());
        foreach (JsonElement group in data.GetProperty("groups").EnumerateArray())
        {
            string path = group.GetProperty("path").GetString()!;
            JsonElement shown = await DataAsync(gateway, Groups + path["metrics".Length..]);
            Assert.Equal(group.GetProperty("labels").GetRawText(), shown.GetProperty("labels").GetRawText());
            Assert.Equal(202, (await gateway.SendAsync("DELETE", "/" + path)).Status);
        }
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    [Theory]
    [InlineData("match[]={l=%221%22}", "nightly", 4, "{\"instance\":\"a\",\"job\":\"nightly\"}")]
    [InlineData("search=other", "other", 3, "{\"job\":\"other\"}")]
    [InlineData("pushed_within=1m&match[]=y", "other", 3, "{\"job\":\"other\"}")]
    public async Task Delete_ASelection_DeletesItAndNothingElse(string query, string job, int series, string labels)
    {
        await using RunningGateway gateway = await TwoGroupsAsync("--web.enable-admin-api");

        JsonElement counted = await DataAsync(gateway, $"{Groups}?{query}&dry_run=true", "DELETE");
        int afterCounting = gateway.Snapshot.GroupCount;
        JsonElement deleted = await DataAsync(gateway, $"{Groups}?{query}", "DELETE");

        Assert.Equal($$"""{"groups":1,"series":{{series}},"dry_run":true,"labels":[{{labels}}]}""", counted.GetRawText());
        Assert.Equal(2, afterCounting);
        Assert.Equal($$"""{"groups":1,"series":{{series}},"dry_run":false,"labels":[{{labels}}]}""", deleted.GetRawText());
        Assert.DoesNotContain(job, Assert.Single(gateway.Snapshot.Groups).Key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_AFamily_LeavesTheOthersAndThePushTimes()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE x counter\nx{l=\"1\"} 1\nx{l=\"2\"} 2\ny 3\n", "Pushgateway-TTL: 1h");
        await gateway.SendAsync("PUT", "/metrics/job/a/instance/i", "# TYPE x counter\nx 4\n");
        gateway.Time.Advance(TimeSpan.FromMinutes(1));

        JsonElement deleted = await DataAsync(gateway, $"{Groups}/job/a?family=x", "DELETE");

        Assert.Equal("""{"family":"x","series":2}""", deleted.GetRawText());
        Assert.Equal(
            ["x{instance=\"i\",job=\"a\"} 4", "y{instance=\"\",job=\"a\"} 3"], await gateway.PushedSamplesAsync());
        JsonElement group = await DataAsync(gateway, $"{Groups}/job/a");
        Assert.Equal((1_700_000_000, 3600), (group.GetProperty("pushed").GetDouble(), group.GetProperty("ttl").GetDouble()));

        // The name is free for another type once no group has it.
        await DataAsync(gateway, $"{Groups}/job/a/instance/i?family=x", "DELETE");
        Assert.Equal(200, (await gateway.SendAsync("POST", "/metrics/job/a", "# TYPE x gauge\nx 5\n")).Status);
    }

    [Theory]
    [InlineData("/job/a", 400, "family: give the name of one metric family (to delete the group, DELETE its push URL)")]
    [InlineData("/job/a?family=", 400, "family: give the name of one metric family (to delete the group, DELETE its push URL)")]
    [InlineData("/job/a?family=x&family=y", 400, "family: give the name of one metric family (to delete the group, DELETE its push URL)")]
    [InlineData("/job/a?family=x&limit=1", 400, "limit: a deletion of a metric family accepts family only")]
    [InlineData("/job/a?family=push_time_seconds", 400, "family: push_time_seconds is the gateway's own, and stays with the group")]
    [InlineData("/job/a?family=z", 404, "metric family not found: z of {job=\"a\"}")]
    [InlineData("/job/b?family=x", 404, "metric family not found: x of {job=\"b\"}")]
    public async Task Delete_AFamilyThatCannotBe_DeletesNothing(string path, int status, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\ny 3\n");

        await AssertErrorAsync(gateway, "DELETE", Groups + path, status, status == 404 ? "not_found" : "bad_data", error);

        Assert.Equal(2, (await gateway.PushedSamplesAsync()).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?search=")]
    [InlineData("?search=%20&stale_after=1h")]
    [InlineData("?dry_run=true")]
    [InlineData("?match[]=")]
    [InlineData("?match[]=&search=other")]
    public async Task Delete_WithoutASelection_IsRefused(string query)
    {
        await using RunningGateway gateway = await TwoGroupsAsync();

        await AssertErrorAsync(
            gateway, "DELETE", Groups + query, 400, "bad_data",
            "no selection: give match[], search, state, pushed_within or pushed_before (to delete all groups, use the wipe endpoint)");
        Assert.Equal(2, gateway.Snapshot.GroupCount);
    }

    [Theory]
    [InlineData("match[]={", "1:2: parse error: expected a label name, found the end")]
    [InlineData("match[]=y&limit=1", "limit: a deletion accepts match[], search, state, stale_after, pushed_within, pushed_before and dry_run only")]
    [InlineData("match[]=y&offset=0", "offset: a deletion accepts match[], search, state, stale_after, pushed_within, pushed_before and dry_run only")]
    [InlineData("match[]=y&sort=", "sort: a deletion accepts match[], search, state, stale_after, pushed_within, pushed_before and dry_run only")]
    [InlineData("search=other&stat=failed", "stat: a deletion accepts match[], search, state, stale_after, pushed_within, pushed_before and dry_run only")]
    [InlineData("search=other&dry_run=true&match=y", "match: a deletion accepts match[], search, state, stale_after, pushed_within, pushed_before and dry_run only")]
    [InlineData("match[]=y&dry_run=", "dry_run: \"\" must be true or false")]
    [InlineData("match[]=y&dry_run=yes", "dry_run: \"yes\" must be true or false")]
    public async Task Delete_ABadQuery_DeletesNothing(string query, string error)
    {
        await using RunningGateway gateway = await TwoGroupsAsync("--web.enable-admin-api");

        await AssertErrorAsync(gateway, "DELETE", $"{Groups}?{query}", 400, "bad_data", error);
        Assert.Equal(2, gateway.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Delete_WithoutTheAdminApi_CountsOnly()
    {
        await using RunningGateway gateway = await TwoGroupsAsync();

        JsonElement counted = await DataAsync(gateway, Groups + "?search=other&dry_run=true", "DELETE");
        await AssertErrorAsync(
            gateway, "DELETE", Groups + "?search=other", 403, "forbidden",
            "deleting by a query needs --web.enable-admin-api (dry_run=true does not)");

        Assert.Equal(1, counted.GetProperty("groups").GetInt32());
        Assert.Equal(2, gateway.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Delete_ManyGroups_IsOneJournalRecord()
    {
        string[] flags = [$"--persistence.file={Path.Combine(_folder.FullName, "store")}", "--web.enable-admin-api"];
        await using (RunningGateway gateway = await RunningGateway.StartAsync(flags))
        {
            for (int i = 0; i < 30; i++)
            {
                await gateway.SendAsync("PUT", $"/metrics/job/{(i % 3 == 0 ? "kept" : "gone")}/i/{i}", "x 1\n");
            }

            JsonElement deleted = await DataAsync(gateway, Groups + "?search=gone", "DELETE");

            Assert.Equal(20, deleted.GetProperty("groups").GetInt32());
            JsonElement persistence = (await DataAsync(gateway, "/api/v1/stats")).GetProperty("persistence");
            Assert.Equal(31, persistence.GetProperty("journal").GetProperty("records").GetInt32());
        }
        await using RunningGateway restarted = await RunningGateway.StartAsync(flags);
        Assert.Equal(10, restarted.Snapshot.GroupCount);
    }

    [Theory]
    [InlineData("PUT", "/api/v1/groups", 405, "DELETE, GET, OPTIONS")]
    [InlineData("POST", "/api/v1/groups?match[]=y", 405, "DELETE, GET, OPTIONS")]
    [InlineData("PUT", "/api/v1/groups/job/other", 405, "DELETE, GET, OPTIONS")]
    [InlineData("DELETE", "/api/v1/stats", 405, "GET, OPTIONS")]
    [InlineData("GET", "/api/v1/groups/nope", 404, null)]
    [InlineData("GET", "/API/v1/groups", 404, null)]
    public async Task OtherMethodsAndPaths_AreRefused(string method, string path, int status, string? allow)
    {
        await using RunningGateway gateway = await TwoGroupsAsync();

        RawAnswer answer = await gateway.SendAsync(method, path);

        Assert.Equal((status, allow), (answer.Status, answer.Header("Allow")));
        Assert.Equal(2, gateway.Snapshot.GroupCount);
    }

    /// <summary>A page of another origin may read, but must not delete groups through its visitors.</summary>
    [Theory]
    [InlineData("/api/v1/groups", "GET, OPTIONS")]
    [InlineData("/api/v1/groups/job/a", "GET, POST, DELETE, OPTIONS")] // as all paths below api/v1; nothing is deleted there
    public async Task Options_OfGroups_AllowsOtherOriginsToRead(string path, string methods)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("OPTIONS", path, "", "Origin: http://elsewhere");

        Assert.Equal((200, "*", methods), (answer.Status, answer.Header("Access-Control-Allow-Origin"), answer.Header("Access-Control-Allow-Methods")));
    }

    [Theory]
    [InlineData("x{l=%222%22}", """[{"labels":{"instance":"a","job":"nightly"},"last_push_successful":true,"x":{"time_stamp":"2023-11-14T22:13:20Z","type":"UNTYPED","metrics":[{"labels":{"instance":"a","job":"nightly","l":"2"},"value":"2"}]}}]""")]
    [InlineData("y", """[{"labels":{"job":"other"},"last_push_successful":true,"y":{"time_stamp":"2023-11-14T22:13:20Z","type":"UNTYPED","metrics":[{"labels":{"instance":"","job":"other"},"value":"1"}]}}]""")]
    [InlineData("nope", "[]")]
    public async Task Metrics_WithASelector_AreThoseItSelects(string selector, string data)
    {
        await using RunningGateway gateway = await TwoGroupsAsync();

        RawAnswer answer = await gateway.SendAsync("GET", $"/api/v1/metrics?match[]={selector}");

        Assert.Equal($$"""{"status":"success","data":{{data}}}""", answer.Body);
    }

    [Fact]
    public async Task Metrics_WithABadSelector_AreRefused()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        await AssertErrorAsync(
            gateway, "GET", "/api/v1/metrics?match[]=a{", 400, "bad_data", "1:3: parse error: expected a label name, found the end");
    }

    internal static async Task<JsonElement> DataAsync(RunningGateway gateway, string path, string method = "GET")
    {
        RawAnswer answer = await gateway.SendAsync(method, path);
        Assert.True(answer.Status == 200, answer.Text);
        using var json = JsonDocument.Parse(answer.Body);
        Assert.Equal("success", json.RootElement.GetProperty("status").GetString());
        return json.RootElement.GetProperty("data").Clone();
    }

    private static async Task AssertErrorAsync(
        RunningGateway gateway, string method, string path, int status, string type, string error)
    {
        RawAnswer answer = await gateway.SendAsync(method, path);
        using var json = JsonDocument.Parse(answer.Body);
        Assert.Equal(
            (status, "error", type, error),
            (
                answer.Status,
                json.RootElement.GetProperty("status").GetString()!,
                json.RootElement.GetProperty("errorType").GetString()!,
                json.RootElement.GetProperty("error").GetString()!));
    }

    private static async Task<RunningGateway> TwoGroupsAsync(params string[] flags)
    {
        RunningGateway gateway = await RunningGateway.StartAsync(flags);
        await gateway.SendAsync("PUT", "/metrics/job/nightly/instance/a", "x{l=\"1\"} 1\nx{l=\"2\"} 2\n");
        await gateway.SendAsync("PUT", "/metrics/job/other", "y 1\n");
        return gateway;
    }

    private static JsonElement FamilyOf(JsonElement data, string name) =>
        data.GetProperty("families").EnumerateArray().Single(family => family.GetProperty("name").GetString() == name);
}
