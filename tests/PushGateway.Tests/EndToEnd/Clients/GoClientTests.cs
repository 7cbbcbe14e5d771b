using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Clients;

/// <summary>The push package of client_golang, as Debian ships it, in go/push.go.</summary>
public sealed class GoClientTests : GatewayTests
{
    private const string Labels = """empty="",host="db-1",instance="",job="go/nightly",path="/var/tmp/ä b" """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-go-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("protobuf")]
    [InlineData("text")]
    public async Task Pusher_PutAddAndDelete_ChangeTheGroup(string format)
    {
        string program = await ClientPrograms.BuildGoAsync(
            ClientPrograms.PathOf("go", "push.go"), _folder.FullName);
        GatewayProcess gateway = await StartGatewayAsync();
        Task PushAsync(string operation, string family, string value) =>
            ClientPrograms.RunAsync(program, [gateway.Address, operation, format, family, value]);

        await PushAsync("put", "first", "0.5");
        await PushAsync("put", "rows", "0.25");
        await PushAsync("add", "more", "2");
        await PushAsync("add", "rows", "0.75");

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("empty=,host=db-1,job=go/nightly,path=/var/tmp/ä b", group.LabelText());
        Assert.Equal(["more", "more_seconds", "rows", "rows_seconds"], group.Families);
        string labels = Labels.TrimEnd();
        string scraped = await gateway.ScrapeAsync();
        Assert.Contains(
            $"# HELP rows A gauge.\n# TYPE rows gauge\nrows{{{labels}}} 0.75\n", scraped, StringComparison.Ordinal);
        Assert.Contains(
            $"rows_seconds_bucket{{{labels},step=\"a\\\"b\\\\c\\nd\",le=\"1\"}} 1\n", scraped, StringComparison.Ordinal);

        await PushAsync("delete", "rows", "0");

        Assert.Empty(await gateway.GroupsAsync());
    }

    [Fact]
    public async Task Pusher_PushThatIsRefused_FailsWithTheReason()
    {
        string program = await ClientPrograms.BuildGoAsync(
            ClientPrograms.PathOf("go", "push.go"), _folder.FullName);
        GatewayProcess gateway = await StartGatewayAsync();
        await gateway.ShellAsync("printf '# TYPE rows counter\\nrows 1\\n' | curl -sf --data-binary @- $GATEWAY/metrics/job/other");

        ToolResult result = await ChildProcess.RunAsync(program, [gateway.Address, "put", "protobuf", "rows", "1"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("unexpected status code 400", result.Errors, StringComparison.Ordinal);
        Assert.Contains("clashes with {job=\"other\"}", result.Errors, StringComparison.Ordinal);
    }

    /// <summary>The client that has no start times yet: Debian's is 1.14, and 1.17 brought them.</summary>
    [Fact]
    public async Task Pusher_ExemplarsAndNativeHistograms_ReachEveryFormat()
    {
        string program = await ClientPrograms.BuildGoAsync(
            ClientPrograms.PathOf("go", "exemplars.go"), _folder.FullName);
        GatewayProcess gateway = await StartGatewayAsync("--web.enable-openmetrics", "--web.native-histograms=classic");

        await ClientPrograms.RunAsync(program, [gateway.Address]);

        string openMetrics = await gateway.ShellAsync("curl -sf -H 'Accept: application/openmetrics-text' $GATEWAY/metrics");
        Assert.Matches("""(?m)^rows_total\{instance="",job="go"\} 3\.0 # \{trace_id="t1"\} 3\.0 \d+\.\d+$""", openMetrics);
        Assert.Matches(
            """(?m)^step_seconds_bucket\{instance="",job="go",le="2\.0"\} 1 # \{trace_id="t2"\} 1\.5 \d+\.\d+$""", openMetrics);
        Assert.Contains("""native_seconds_bucket{instance="",job="go",le="0.5"} 3""" + "\n", openMetrics, StringComparison.Ordinal);
        Assert.Contains("""native_seconds_bucket{instance="",job="go",le="128.0"} 5""" + "\n", openMetrics, StringComparison.Ordinal);

        string protobuf = await gateway.ShellAsync(
            "curl -sf -H 'Accept: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text' $GATEWAY/metrics");
        Assert.Contains("""counter:{value:3 exemplar:{label:{name:"trace_id" value:"t1"} value:3 """, protobuf, StringComparison.Ordinal);
        Assert.Matches("""name:"native_seconds" .*sample_count:5 .*schema:0 zero_threshold:[-0-9.e]+ zero_count:1 positive_span:""", protobuf);
    }
}
