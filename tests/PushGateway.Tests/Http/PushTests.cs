using System.IO.Compression;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.Http.Push;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

public sealed class PushTests
{
    private const string Empty200 = "200\nContent-Length: 0\n\n";
    private const string Empty202 = "202\nContent-Length: 0\n\n";
    private static readonly byte[] Body = [.. "x 1\n"u8];

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    public async Task Push_NewGroup_IsAnsweredEmptyAndStored(string method)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync(
            method, "/metrics/job/a/b/c", "# HELP x Help.\n# TYPE x gauge\nx{l=\"v\"} 1\n");

        Assert.Equal(Empty200, answer.Text);
        Assert.Equal(["""x{b="c",instance="",job="a",l="v"} 1"""], await gateway.PushedSamplesAsync());
        Assert.Equal(
            """
            {"status":"success","data":[{"labels":{"b":"c","job":"a"},"last_push_successful":true,
            "push_failure_time_seconds":{"time_stamp":"2023-11-14T22:13:20Z","type":"GAUGE",
            "help":"Last Unix time when changing this group in the Pushgateway failed.",
            "metrics":[{"labels":{"b":"c","instance":"","job":"a"},"value":"0"}]},
            "push_time_seconds":{"time_stamp":"2023-11-14T22:13:20Z","type":"GAUGE",
            "help":"Last Unix time when changing this group in the Pushgateway succeeded.",
            "metrics":[{"labels":{"b":"c","instance":"","job":"a"},"value":"1.7e+09"}]},
            "x":{"time_stamp":"2023-11-14T22:13:20Z","type":"GAUGE","help":"Help.",
            "metrics":[{"labels":{"b":"c","instance":"","job":"a","l":"v"},"value":"1"}]}}]}
            """.ReplaceLineEndings(""),
            await gateway.StoredJsonAsync());
    }

    /// <summary><c>simpleclient_pushgateway</c> before 0.8 accepts no other status as success.</summary>
    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    public async Task Push_WithLegacyAcceptedStatus_IsAnsweredWith202(string method)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.legacy-accepted-status");

        Assert.Equal(Empty202, (await gateway.SendAsync(method, "/metrics/job/a", "x 1\n")).Text);
        Assert.Equal(400, (await gateway.SendAsync(method, "/metrics/job/a", "x\n")).Status);
        Assert.Equal(400, (await gateway.SendAsync(method, "/metrics/job/a", "x 1\nx 2\n")).Status);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/metrics")).Status);

        Assert.Equal(["""x{instance="",job="a"} 1"""], await gateway.PushedSamplesAsync());
    }

    [Theory]
    [InlineData("POST", "x,y,z")]
    [InlineData("PUT", "x,z")]
    public async Task Push_Again_MergesOrReplaces(string method, string families)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\ny 1\n");

        await gateway.SendAsync(method, "/metrics/job/a", "x 2\nz 2\n");

        StoredGroup group = Assert.Single(await gateway.GroupsAsync());
        Assert.Equal(families, string.Join(',', group.Families));
        Assert.Equal("2", group.ValueOf("x"));
    }

    [Fact]
    public async Task Delete_Group_TakesThatOneOnly()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/a/b/c", "x 2\n");

        Assert.Equal(Empty202, (await gateway.SendAsync("DELETE", "/metrics/job/a")).Text);
        Assert.Equal(Empty202, (await gateway.SendAsync("DELETE", "/metrics/job/never_was")).Text);

        Assert.Equal(["""x{b="c",instance="",job="a"} 2"""], await gateway.PushedSamplesAsync());
    }

    [Theory]
    [InlineData("/metrics/job@base64/L3Nib3RwaC8", "/sbotph/")]
    [InlineData("/metrics/job%40base64/L3Nib3RwaC8", "/sbotph/")]
    [InlineData("/metrics/job/%20", " ")]
    [InlineData("/metrics/job/%C3%A9%22%0A", "é\"\n")]
    [InlineData("/metrics/job/a?b=c/d", "a")]
    [InlineData("http://elsewhere/metrics/job/a", "a")]
    public async Task Push_JobInTheUrl_IsDecoded(string target, string job)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(Empty200, (await gateway.SendAsync("PUT", target, "x 1\n")).Text);

        Assert.Equal(job, Assert.Single(await gateway.GroupsAsync()).Labels["job"]);
    }

    [Fact]
    public async Task Push_LabelValueOf20Kilobytes_IsAccepted()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string value = new('v', 20_000);

        Assert.Equal(Empty200, (await gateway.SendAsync("PUT", $"/metrics/job/a/b/{value}", "x 1\n")).Text);

        Assert.Equal(value, Assert.Single(await gateway.GroupsAsync()).Labels["b"]);
        Assert.Equal(Empty202, (await gateway.SendAsync("DELETE", $"/metrics/job/a/b/{value}")).Text);
        Assert.Empty(await gateway.GroupsAsync());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("gzip", "")]
    [InlineData("GZIP", "")]
    [InlineData("snappy", "")]
    [InlineData("", "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited")]
    [InlineData("gzip", "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited")]
    public async Task Push_InAnyEncodingAndFormat_IsStoredAlike(string encoding, string contentType)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        byte[] body = contentType.Length == 0 ? Body : Protobuf;
        byte[] encoded = encoding.ToLowerInvariant() switch
        {
            "gzip" => Gzip(body),
            "snappy" => [.. SnappyFrame.Identifier, .. SnappyFrame.CompressedData(body)],
            _ => body,
        };

        RawAnswer answer = await gateway.SendAsync(
            "PUT", "/metrics/job/a", encoded, $"Content-Encoding: {encoding}", $"Content-Type: {contentType}");

        Assert.Equal(Empty200, answer.Text);
        Assert.Equal(["""x{instance="",job="a"} 1"""], await gateway.PushedSamplesAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("\n\n")]
    public async Task Push_WithoutMetrics_MakesAnEmptyGroup(string body)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(Empty200, (await gateway.SendAsync("PUT", "/metrics/job/a", body)).Text);

        Assert.Empty(Assert.Single(await gateway.GroupsAsync()).Families);
    }

    /// <summary>length, name = "x", type = UNTYPED, metric { untyped { value = 1 } }</summary>
    private static byte[] Protobuf =>
        [18, 0x0a, 1, (byte)'x', 0x18, 3, 0x22, 11, 0x2a, 9, 9, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];

    private static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return output.ToArray();
    }
}
