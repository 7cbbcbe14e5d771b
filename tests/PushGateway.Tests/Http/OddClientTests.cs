using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary>Clients that disconnect early, pipeline requests, or send wrong lengths.</summary>
public sealed class OddClientTests
{
    private const string Put = "PUT /metrics/job/a HTTP/1.1\r\nHost: x\r\n";
    private const string Protobuf =
        "Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    public static TheoryData<string> HalfRequests =>
    [
        "",
        "PU",
        "PUT /metrics/job/a HTTP/1.1\r\nHo",
        Put,
        Put + "Content-Length: 100\r\n\r\n",
        Put + "Content-Length: 100\r\n\r\nx 1\ny 2\n",
        Put + "Content-Length: 9\r\n\r\nx 1\ny 2\n",
        Put + "Transfer-Encoding: chunked\r\n\r\n",
        Put + "Transfer-Encoding: chunked\r\n\r\n4",
        Put + "Transfer-Encoding: chunked\r\n\r\n4\r\nx 1\n",
        Put + "Transfer-Encoding: chunked\r\n\r\n4\r\nx 1\n\r\n",
        Put + "Transfer-Encoding: chunked\r\n\r\n4\r\nx 1\n\r\n0\r\n",
        Put + "Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n",
        Put + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n",
    ];

    [Theory]
    [MemberData(nameof(HalfRequests))]
    public async Task Push_HalfOfItAndThenTheEnd_ChangesNothing(string half)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RawConnection connection = await gateway.ConnectAsync();
        await connection.SendAsync(half);

        connection.FinishSending();

        RawAnswer? answer = await connection.ReadAnswerAsync();
        Assert.True(answer is null or { Status: 400 } or { Status: 100 }, answer?.Text);
        await AssertUnharmedAsync(gateway);
    }

    [Theory]
    [MemberData(nameof(HalfRequests))]
    public async Task Push_HalfOfItAndThenAReset_ChangesNothing(string half)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        for (int i = 0; i < 10; i++)
        {
            using RawConnection connection = await gateway.ConnectAsync();
            await connection.SendAsync(half);
            connection.Reset();
        }

        await AssertUnharmedAsync(gateway);
    }

    [Theory]
    [InlineData("Content-Length: 8\r\n\r\nx 1\ny 2\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nx 1\n\r\n4\r\ny 2\n\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 8\r\n\r\nx 1\ny 2\nGET /-/ready HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task Push_AllOfItAndThenTheEnd_IsStoredAndAnswered(string rest)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            using RawConnection connection = await gateway.ConnectAsync();
            await connection.SendAsync(Put + rest);

            connection.FinishSending();

            Assert.Equal(200, (await connection.ReadAnswerAsync())?.Status);
            if (rest.Contains("GET", StringComparison.Ordinal))
            {
                Assert.Equal("OK", (await connection.ReadAnswerAsync())?.Body);
            }
            Assert.Null(await connection.ReadAnswerAsync());
        }
        Assert.Equal(2, (await gateway.PushedSamplesAsync()).Length);
    }

    [Theory]
    [InlineData("0A616263")] // 10 claimed, 3 there
    [InlineData("FFFFFFFF0761")] // 2 GiB claimed
    [InlineData("FFFFFFFFFFFFFFFF7F61")] // 2^63 - 1 claimed
    [InlineData("FFFFFFFFFFFFFFFFFFFF01")] // longer than a length may be
    [InlineData("80")] // a length that stops half way
    [InlineData("020AFF")] // a name beyond its message
    public async Task Push_ProtobufThatClaimsTooMuch_IsABadRequest(string hex)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", Convert.FromHexString(hex), Protobuf);

        Assert.Equal(400, answer.Status);
        await AssertUnharmedAsync(gateway);
    }

    [Fact]
    public async Task Push_ExpectingTo100Continue_IsToldToGoOn()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RawConnection connection = await gateway.ConnectAsync();
        await connection.SendAsync(Put + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        Assert.Equal(100, (await connection.ReadAnswerAsync())!.Status);
        Assert.Equal(0, gateway.Snapshot.GroupCount);

        await connection.SendAsync("x 1\n");

        Assert.Equal(200, (await connection.ReadAnswerAsync())!.Status);
        Assert.Equal(1, gateway.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Requests_Pipelined_AreAnsweredInOrder()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RawConnection connection = await gateway.ConnectAsync();

        await connection.SendAsync(
            Put + "Content-Length: 4\r\n\r\nx 1\n"
            + "POST /metrics/job/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ny 2\n\r\n0\r\n\r\n"
            + "PUT /metrics/job/a/odd HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nx 3\n"
            + "GET /-/ready HTTP/1.1\r\nHost: x\r\n\r\n"
            + "DELETE /metrics/job/other HTTP/1.1\r\nHost: x\r\n\r\n"
            + "GET /nope HTTP/1.1\r\nHost: x\r\n\r\n");

        foreach (int status in (int[])[200, 200, 400, 200, 202, 404])
        {
            Assert.Equal(status, (await connection.ReadAnswerAsync())!.Status);
        }
        Assert.Equal(
            ["x{instance=\"\",job=\"a\"} 1", "y{instance=\"\",job=\"a\"} 2"], await gateway.PushedSamplesAsync());
    }

    [Theory]
    [InlineData("PUT /metrics/job/a/odd HTTP/1.1\r\nHost: x\r\n", 400)]
    [InlineData("GET /nope HTTP/1.1\r\nHost: x\r\n", 404)]
    [InlineData("PATCH /metrics/job/a HTTP/1.1\r\nHost: x\r\n", 405)]
    public async Task Request_RefusedBeforeItsBodyWasRead_LeavesTheConnectionInStep(string head, int status)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RawConnection connection = await gateway.ConnectAsync();
        string body = "GET /-/quit HTTP/1.1\r\nHost: x\r\n\r\n";

        await connection.SendAsync(
            $"{head}Content-Length: {body.Length}\r\n\r\n{body}GET /-/ready HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(status, (await connection.ReadAnswerAsync())!.Status);
        Assert.Equal("OK", (await connection.ReadAnswerAsync())!.Body);
    }

    [Theory]
    [InlineData("Connection: keep-alive\r\n", true)]
    [InlineData("", false)]
    public async Task Request_OfHttp10_IsAnsweredAndTheConnectionKeptIfAsked(string header, bool isKept)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RawConnection connection = await gateway.ConnectAsync();
        string request = $"GET /-/ready HTTP/1.0\r\n{header}\r\n";
        await connection.SendAsync(request);
        Assert.Equal("OK", (await connection.ReadAnswerAsync())!.Body);

        await connection.SendAsync(request);

        Assert.Equal(isKept ? "OK" : null, (await connection.ReadAnswerAsync())?.Body);
    }

    [Fact]
    public async Task Scrape_ClientHangsUpInTheMiddle_HarmsNobody()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync(
            "PUT", "/metrics/job/a", string.Concat(Enumerable.Range(0, 50_000).Select(i => $"x{{l=\"{i}\"}} {i}\n")));
        foreach (string path in (string[])["/metrics", "/api/v1/metrics", "/"])
        {
            using RawConnection connection = await gateway.ConnectAsync();
            await connection.SendAsync($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            connection.Reset();
        }

        Assert.Equal(50_000, (await gateway.PushedSamplesAsync()).Length);
        Assert.Empty(gateway.Log.OfLevel("error"));
    }

    /// <summary>Nothing stored, nothing logged as the server's fault, and the next client is served.</summary>
    private static async Task AssertUnharmedAsync(RunningGateway gateway)
    {
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/good", "x 1\n")).Status);
        Assert.Equal(["job=good"], (await gateway.GroupsAsync()).Select(group => group.LabelText()));
        Assert.Empty(gateway.Log.OfLevel("error"));
    }
}
