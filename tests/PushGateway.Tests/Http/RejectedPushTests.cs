using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary>Rejected pushes: their responses, and their effect on the store.</summary>
public sealed class RejectedPushTests
{
    private const string Inconsistent = "pushed metrics are invalid or inconsistent with existing metrics: ";

    [Theory]
    [InlineData("/metrics/job/a/b", "odd number of components in label string \"/b\"")]
    [InlineData("/metrics/job/a/__b/c", "improper label name \"__b\"")]
    [InlineData("/metrics/job/a/b.c/d", "improper label name \"b.c\"")]
    [InlineData("/metrics/job@base64/=/b/c", "job name is required")]
    [InlineData("/metrics/job@base64/Y/b/c", "invalid base64 encoding in job name \"\": illegal base64 data at input byte 0")]
    [InlineData("/metrics/job/a/b@base64/%25", "invalid base64 encoding for label b=\"%\": illegal base64 data at input byte 0")]
    [InlineData("/metrics/job/%ff", "a label value in the URL is not valid UTF-8")]
    [InlineData("/metrics/job/a/b@base64/_w", "a label value in the URL is not valid UTF-8")]
    public async Task Push_ImproperUrl_IsABadRequestAndStoresNothing(string path, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(BadRequest(error), (await gateway.SendAsync("PUT", path, "x 1\n")).Text);
        Assert.Equal(BadRequest(error), (await gateway.SendAsync("POST", path, "x 1\n")).Text);

        Assert.Equal(0, gateway.Snapshot.GroupCount);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/metrics")).Status);
    }

    [Theory]
    [InlineData("/metrics/job/a/b", "odd number of components in label string \"/b\"")]
    [InlineData("/metrics/job/a/1/c", "improper label name \"1\"")]
    public async Task Delete_ImproperUrl_IsABadRequest(string path, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(BadRequest(error), (await gateway.SendAsync("DELETE", path)).Text);
    }

    [Theory]
    [InlineData("x", "text format parsing error in line 1: unexpected end of input stream")]
    [InlineData("x 1\ny", "text format parsing error in line 2: unexpected end of input stream")]
    [InlineData("x 1\ny{\n", "text format parsing error in line 2: invalid label name for metric \"y\"")]
    [InlineData("\0", "text format parsing error in line 1: invalid metric name")]
    public async Task Push_BodyThatDoesNotParse_IsABadRequestAndStoresNothing(string body, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(BadRequest(error), (await gateway.SendAsync("PUT", "/metrics/job/a", body)).Text);

        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    [Theory]
    [InlineData("gzip", "x 1\nmore than a header", "gzip: invalid header")]
    [InlineData("gzip", "short", "unexpected EOF")]
    [InlineData("gzip", "", "EOF")]
    [InlineData("snappy", "x 1\n", "snappy: corrupt input")]
    public async Task Push_BodyThatDoesNotDecode_IsABadRequestAndStoresNothing(string encoding, string body, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", body, $"Content-Encoding: {encoding}");

        Assert.Equal(BadRequest(error), answer.Text);
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    [Theory]
    [InlineData(
        "x 1 1234\n",
        "pushed metrics must not have timestamps\nhint: a sample has a timestamp: leave it out; --push.lenient accepts this")]
    [InlineData(
        "# TYPE x counter\nx 1\n",
        "collected metric \"x\" { label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"b\"} counter:{value:1}} is not a GAUGE\nclashes with {job=\"a\"}")]
    public async Task Push_ThatDoesNotFit_IsABadRequestAndNotesTheFailure(string body, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "# TYPE x gauge\nx 1\n");

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/b", body);

        Assert.Equal(BadRequest(Inconsistent + error), answer.Text);
        IReadOnlyList<StoredGroup> groups = await gateway.GroupsAsync();
        Assert.Equal(["job=a", "job=b"], groups.Select(group => group.LabelText()));
        Assert.Equal([true, false], groups.Select(group => group.LastPushSuccessful));
        Assert.Equal("0", groups[1].ValueOf("push_time_seconds"));
        Assert.Equal("1.7e+09", groups[1].ValueOf("push_failure_time_seconds"));
        Assert.Equal(["""x{instance="",job="a"} 1"""], await gateway.PushedSamplesAsync());
    }

    /// <summary>As the Go Pushgateway quotes it.</summary>
    [Fact]
    public async Task Push_ProtobufWithoutTheNumber_IsQuotedWithoutIt()
    {
        // name = "x", type = GAUGE, and twice metric { gauge { } }
        byte[] body = [13, 0x0a, 1, (byte)'x', 0x18, 1, 0x22, 2, 0x12, 0, 0x22, 2, 0x12, 0];
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync(
            "PUT",
            "/metrics/job/a",
            body,
            "Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");

        Assert.Equal(
            BadRequest(Inconsistent + "collected metric \"x\" { label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"a\"} "
                + "gauge:{}} was collected before with the same name and label values"),
            answer.Text);
    }

    [Fact]
    public async Task Push_Refused_LeavesWhatTheGroupHad()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        await gateway.SendAsync("PUT", "/metrics/job/a", "y 1 1\n");

        StoredGroup group = Assert.Single(await gateway.GroupsAsync());
        Assert.Equal(["x"], group.Families);
        Assert.Equal("1.7e+09", group.ValueOf("push_time_seconds"));
    }

    private static string BadRequest(string error) =>
        $"400\nContent-Length: {System.Text.Encoding.UTF8.GetByteCount(error) + 1}\n"
        + $"Content-Type: text/plain; charset=utf-8\nX-Content-Type-Options: nosniff\n\n{error}\n";
}
