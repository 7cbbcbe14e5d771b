using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using PushGateway.Tests.Access;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Clients;

/// <summary>The Prometheus client library for Python, as Debian ships it, running the scripts in python.</summary>
public sealed class PythonClientTests : GatewayTests
{
    [Fact]
    public async Task PushToGateway_Twice_ReplacesTheGroup()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await RunAsync("push_to_gateway.py", gateway);

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("job=batch", group.LabelText());
        Assert.Equal(["job_last_success_unixtime"], group.Families);
        Assert.Contains(
            "# HELP job_last_success_unixtime When the job last ended well.\n" +
            "# TYPE job_last_success_unixtime gauge\n" +
            "job_last_success_unixtime{instance=\"\",job=\"batch\"} 1.70000000025e+09\n",
            await gateway.ScrapeAsync());
    }

    [Fact]
    public async Task PushAddToGateway_SharedGroup_ReplacesFamiliesOfTheSameName()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await RunAsync("pushadd_to_gateway.py", gateway);

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("job=rows,table=users", group.LabelText());
        Assert.Equal(["rows_read", "rows_written"], group.Families);
        Assert.Equal("3", group.ValueOf("rows_read"));
    }

    [Fact]
    public async Task DeleteFromGateway_GroupingKeyWithSlashAndBlank_DeletesThatGroup()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await RunAsync("delete_from_gateway.py", gateway);

        await Deadline.UntilAsync(
            Deadline.Change, "one group is left", async _ => (await gateway.GroupsAsync()).Count == 1);
        Assert.Equal("job=short", (await gateway.GroupAsync()).LabelText());
    }

    [Fact]
    public async Task PushToGateway_GroupingKeysThatNeedEncoding_ArriveAsLabels()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await RunAsync("grouping_keys.py", gateway);

        IReadOnlyList<StoredGroup> groups = await gateway.GroupsAsync();
        // The client writes a blank as "+", which is a plus sign in the path of a URL.
        Assert.Equal(
            ["city=København,empty=,job=nightly/backup,path=/var/tmp/a b,words=two+words", "instance=127.0.0.1,job=host"],
            groups.Select(group => group.LabelText()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task PushToGateway_EveryKind_KeepsTypesAndValues()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await RunAsync("kinds.py", gateway);

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("COUNTER", group.TypeOf("requests_total"));
        Assert.Equal("3", group.ValueOf("requests_total"));
        Assert.Equal("/a\"b\\c\nd", group.MetricOf("requests_total")["labels"]!["path"]!.GetValue<string>());
        Assert.Equal("-Inf", group.ValueOf("temperature"));
        AssertJson("""{"quantiles":{},"count":"3","sum":"50.55"}""", group.MetricOf("size_bytes"));
        AssertJson(
            """{"buckets":{"0.1":"1","1":"2","10":"2","+Inf":"3"},"count":"3","sum":"50.55"}""",
            group.MetricOf("wait_seconds"));
        Assert.Equal("1.2.3", group.MetricOf("release_info")["labels"]!["version"]!.GetValue<string>());
        Assert.Equal(["0", "1"], group.MetricsOf("state").Select(metric => metric["value"]!.GetValue<string>()));
        Assert.Contains(
            "wait_seconds_bucket{instance=\"\",job=\"kinds\",le=\"10\"} 2\n" +
            "wait_seconds_bucket{instance=\"\",job=\"kinds\",le=\"+Inf\"} 3\n",
            await gateway.ScrapeAsync());
    }

    [Fact]
    public async Task PushToGateway_TypeOfAnotherGroupDiffers_RaisesWithStatus400()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        Assert.Equal("400\n", await RunAsync("refused_push.py", gateway));

        Assert.Contains("clash_total{instance=\"\",job=\"first\"} 1\n", await gateway.ScrapeAsync());
    }

    [Fact]
    public async Task PushToGateway_WithPassword_IsTaken()
    {
        using var access = new AccessFolder();
        access.WriteUsers("ann");
        GatewayProcess gateway = StoppedAtTheEnd(GatewayProcess.StartWithoutWaiting(access.Web.Flag));
        await Deadline.UntilAsync(Deadline.Start, "the gateway listens", async cancellation =>
            await gateway.StatusAsync("/-/healthy", cancellation) == HttpStatusCode.Unauthorized, () => gateway.Log);

        Assert.Equal("401\n", await RunAsync("basic_auth.py", gateway));

        gateway.Client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String("ann:secret"u8));
        Assert.Equal("job=kept", (await gateway.GroupAsync()).LabelText());
    }

    /// <summary>Runs a script that must succeed. Returns its output.</summary>
    private static Task<string> RunAsync(string script, GatewayProcess gateway) =>
        ClientPrograms.RunPythonAsync(ClientPrograms.PathOf("python", script), gateway.Address);

    /// <summary>Compares a metric without its labels.</summary>
    private static void AssertJson(string expected, JsonObject metric)
    {
        JsonObject plain = metric.DeepClone().AsObject();
        plain.Remove("labels");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), plain), $"want {expected}, got {plain}");
    }
}
