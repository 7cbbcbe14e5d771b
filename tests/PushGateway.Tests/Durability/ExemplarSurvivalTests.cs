using System.Buffers;
using System.Diagnostics;
using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Durability;

/// <summary>Exemplars, units and start times, which the text format lacks, survive restarts, crashes and replication.</summary>
public sealed class ExemplarSurvivalTests : IDisposable
{
    private const string OpenMetricsType = "Content-Type: application/openmetrics-text; version=1.0.0";
    private const string ProtobufType =
        "Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    private const string Body = """
        # TYPE c_seconds counter
        # UNIT c_seconds seconds
        c_seconds_total{l="1"} 3 # {t="a"} 0.5 1700000000.25
        c_seconds_created{l="1"} 1600000000.5
        c_seconds_total{l="2"} 4
        # TYPE h_bytes histogram
        # UNIT h_bytes bytes
        h_bytes_bucket{le="1"} 1 # {t="b"} 0.75 1700000001
        h_bytes_bucket{le="+Inf"} 2 # {} 9
        h_bytes_count 2
        h_bytes_sum 9.75
        h_bytes_created 1600000001
        # TYPE s summary
        s{quantile="0.5"} 3
        s_count 2
        s_sum 6
        s_created 1600000002
        # TYPE u_ratio gauge
        # UNIT u_ratio ratio
        u_ratio 0.5
        # EOF

        """;

    /// <summary>As protobuf's text shows them, in the order of the names.</summary>
    private static readonly string[] Expected =
    [
        "name:\"c_seconds_total\" type:COUNTER"
            + " metric:{label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"a\"} label:{name:\"l\" value:\"1\"}"
            + " counter:{value:3 exemplar:{label:{name:\"t\" value:\"a\"} value:0.5 timestamp:{seconds:1700000000 nanos:250000000}}"
            + " created_timestamp:{seconds:1600000000 nanos:500000000}}}"
            + " metric:{label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"a\"} label:{name:\"l\" value:\"2\"}"
            + " counter:{value:4}} unit:\"seconds\"",
        "name:\"h_bytes\" type:HISTOGRAM metric:{label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"a\"}"
            + " histogram:{sample_count:2 sample_sum:9.75"
            + " bucket:{cumulative_count:1 upper_bound:1 exemplar:{label:{name:\"t\" value:\"b\"} value:0.75 timestamp:{seconds:1700000001}}}"
            + " bucket:{cumulative_count:2 upper_bound:inf exemplar:{value:9}} created_timestamp:{seconds:1600000001}}} unit:\"bytes\"",
        "name:\"s\" type:SUMMARY metric:{label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"a\"}"
            + " summary:{sample_count:2 sample_sum:6 quantile:{quantile:0.5 value:3} created_timestamp:{seconds:1600000002}}}",
        "name:\"u_ratio\" type:GAUGE metric:{label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"a\"} gauge:{value:0.5}} unit:\"ratio\"",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("PUT", false, "")]
    [InlineData("PUT", true, "")]
    [InlineData("POST", false, "")]
    [InlineData("POST", false, "Pushgateway-Merge: series")]
    [InlineData("POST", true, "Pushgateway-Merge: series")]
    public async Task Push_InEitherFormat_IsThereAfterACrashAndAfterARestart(string method, bool isProtobuf, string header)
    {
        await using (RunningGateway gateway = await StartAsync(_folder.FullName))
        {
            await PushAsync(gateway, method, isProtobuf, header);
            Assert.Equal(Expected, Shown(gateway));

            // This process has the file locked.
            DirectoryInfo copy = _folder.CreateSubdirectory("copy");
            using (var copying = Process.Start("cp", [Path.Combine(_folder.FullName, "metrics.journal"), copy.FullName]))
            {
                await copying.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
            await using RunningGateway crashed = await StartAsync(copy.FullName);
            await crashed.Restored;
            Assert.Equal(Expected, Shown(crashed));
        }

        File.Delete(Path.Combine(_folder.FullName, "metrics.journal"));
        await using RunningGateway restarted = await StartAsync(_folder.FullName);
        await restarted.Restored;
        Assert.Equal(Expected, Shown(restarted));
    }

    [Theory]
    [InlineData("series")]
    [InlineData("sum")]
    [InlineData("family")]
    public async Task Push_TextOfOtherSeriesMerged_LeavesThem(string merge)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await PushAsync(gateway, "PUT", isProtobuf: false);

        const string text = "# TYPE c_seconds_total counter\nc_seconds_total{l=\"3\"} 1\n";
        Assert.Equal(200, (await gateway.SendAsync("POST", "/metrics/job/a", text, $"Pushgateway-Merge: {merge}")).Status);

        string shown = Shown(gateway)[0];
        bool isMerged = merge != "family";
        Assert.Equal(isMerged, shown.Contains("exemplar:{label:{name:\"t\" value:\"a\"} value:0.5 timestamp:", StringComparison.Ordinal));
        Assert.Equal(isMerged, shown.Contains("created_timestamp:{seconds:1600000000", StringComparison.Ordinal));
        Assert.Equal(isMerged, shown.EndsWith(" unit:\"seconds\"", StringComparison.Ordinal));
        Assert.Contains("label:{name:\"l\" value:\"3\"} counter:{value:1}", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_SumOfBothFormats_AddsAndKeepsTheFirstStartAndTheNewestExemplar()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        const string sum = "Pushgateway-Merge: sum";
        await gateway.SendAsync("POST", "/metrics/job/a", "# TYPE c_seconds_total counter\nc_seconds_total{l=\"1\"} 10\n", sum);

        await PushAsync(gateway, "POST", isProtobuf: false, sum);
        await gateway.SendAsync("POST", "/metrics/job/a", "# TYPE c_seconds_total counter\nc_seconds_total{l=\"1\"} 20\n", sum);
        await PushAsync(gateway, "POST", isProtobuf: true, sum);

        string shown = Shown(gateway)[0];
        Assert.Contains(
            "counter:{value:36 exemplar:{label:{name:\"t\" value:\"a\"} value:0.5 timestamp:{seconds:1700000000 nanos:250000000}}"
            + " created_timestamp:{seconds:1600000000 nanos:500000000}}",
            shown,
            StringComparison.Ordinal);
        Assert.EndsWith(" unit:\"seconds\"", shown, StringComparison.Ordinal);
    }

    private static Task<RunningGateway> StartAsync(string folder) =>
        RunningGateway.StartAsync($"--persistence.file={folder}/metrics", "--persistence.interval=1h");

    private static async Task PushAsync(RunningGateway gateway, string method, bool isProtobuf, string header = "")
    {
        byte[] body = Encoding.UTF8.GetBytes(Body.ReplaceLineEndings("\n"));
        string[] headers = [isProtobuf ? ProtobufType : OpenMetricsType, .. header.Length > 0 ? [header] : Array.Empty<string>()];
        RawAnswer answer = await gateway.SendAsync(method, "/metrics/job/a", isProtobuf ? ToProtobuf(body) : body, headers);
        Assert.Equal((200, ""), (answer.Status, answer.Body));
    }

    private static byte[] ToProtobuf(byte[] openMetrics)
    {
        Assert.True(OpenMetricsParser.TryParse(openMetrics, NameValidation.Legacy, out List<MetricFamily>? families, out _));
        var messages = new ArrayBufferWriter<byte>();
        families.ForEach(family => ProtobufExposition.Write(family, messages));
        return messages.WrittenSpan.ToArray();
    }

    /// <summary>As the store has them: the Go Pushgateway shows no unit in a scrape, and this one only in OpenMetrics.</summary>
    private static string[] Shown(RunningGateway gateway)
    {
        MetricGroup group = gateway.Snapshot.Find(new GroupingKey([new Label("job", "a")]))!;
        return [.. group.Families.ToArray().Where(family => !family.Name.ToString().StartsWith("push_", StringComparison.Ordinal))
            .Select(family => PrototextExposition.Describe(family.Decode()))];
    }
}
