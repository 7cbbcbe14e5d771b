using System.Text;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary>Requests that are not HTTP, or nearly not. Each gets a clear answer, and changes nothing.</summary>
public sealed class HostileRequestTests
{
    private const string Put = "PUT /metrics/job/a HTTP/1.1\r\nHost: x\r\n";
    private const string Get = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n";

    [Theory]
    [InlineData(Put + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nx 1\n")]
    [InlineData(Put + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nx 1\n")]
    [InlineData(Put + "Content-Length: 4, 4\r\n\r\nx 1\n")]
    [InlineData(Put + "Content-Length: -4\r\n\r\nx 1\n")]
    [InlineData(Put + "Content-Length: 0x4\r\n\r\nx 1\n")]
    [InlineData(Put + "Content-Length: \r\n\r\nx 1\n")]
    [InlineData(Put + "Content-Length: 99999999999999999999\r\n\r\nx 1\n")]
    [InlineData(Put + "Transfer-Encoding: gzip\r\n\r\nx 1\n")]
    [InlineData(Put + "Transfer-Encoding: chunked\r\n\r\nzz\r\nx 1\n\r\n0\r\n\r\n")]
    [InlineData(Put + "Transfer-Encoding: chunked\r\n\r\n+4\r\nx 1\n\r\n0\r\n\r\n")]
    [InlineData(Put + "Transfer-Encoding: chunked\r\n\r\n4 \r\nx 1\n\r\n0\r\n\r\n")]
    [InlineData(Put + "Transfer-Encoding: chunked\r\n\r\n4\nx 1\n\n0\n\n")]
    [InlineData(Put + "Transfer-Encoding: chunked\r\n\r\n-4\r\nx 1\n\r\n0\r\n\r\n")]
    [InlineData(Put + "Transfer-Encoding: chunked\r\n\r\n\r\nx 1\n\r\n0\r\n\r\n")]
    [InlineData(Put + "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff0\r\nx 1\n\r\n0\r\n\r\n")]
    [InlineData(Put + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx 1\n\r\n0\r\n\r\n")]
    [InlineData(Put + "Transfer-Encoding: chunked\r\n\r\n4\r\nx 1\nXX0\r\n\r\n")]
    [InlineData(Put + "Transfer-Encoding: chunked\r\n\r\n4\r\nx 1\n\r\n0\r\nnonsense\r\n\r\n")]
    [InlineData(Put + "nonsense\r\n\r\n")]
    [InlineData(Put + "bad header: 1\r\n\r\n")]
    [InlineData(Put + "bad : 1\r\n\r\n")]
    [InlineData(Put + ": 1\r\n\r\n")]
    [InlineData(Put + "X: \0\r\n\r\n")]
    [InlineData(Put + "Host: y\r\n\r\n")]
    [InlineData("PUT /metrics/job/a HTTP/1.1\r\n\r\n")]
    [InlineData("PUT /metrics/job/a HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData("PUT /metrics/job/a b HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("PUT /metrics/job/%00 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("PUT /metrics/job/é HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("PUT  HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("B(D / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("hello\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\r\n\r\n")] // TLS, to a port without
    public async Task Request_ThatIsNotHttp_IsABadRequest(string request)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RawConnection connection = await gateway.ConnectAsync();

        await connection.SendAsync(request);

        Assert.Equal(400, (await connection.ReadAnswerAsync())!.Status);
        Assert.Null(await connection.ReadAnswerAsync());
        await AssertUnharmedAsync(gateway);
    }

    /// <summary>The framework reads them so, and Go all but the sign.</summary>
    [Theory]
    [InlineData(Put + "Content-Length: +4\r\n\r\nx 1\n")]
    [InlineData(Put + "Content-Length: 04\r\n\r\nx 1\n")]
    [InlineData("PUT /metrics/job/a HTTP/1.1\nHost: x\nContent-Length: 4\n\nx 1\n")]
    public async Task Request_ThatIsNearlyHttp_IsRead(string request)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RawConnection connection = await gateway.ConnectAsync();

        await connection.SendAsync(request);

        Assert.Equal(200, (await connection.ReadAnswerAsync())!.Status);
        Assert.Equal(["x{instance=\"\",job=\"a\"} 1"], await gateway.PushedSamplesAsync());
    }

    [Theory]
    [InlineData("GET / HTTP/2.0\r\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/3.7\r\nHost: x\r\n\r\n")]
    public async Task Request_OtherVersion_IsNotSupported(string request)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RawConnection connection = await gateway.ConnectAsync();

        await connection.SendAsync(request);

        Assert.Equal(505, (await connection.ReadAnswerAsync())!.Status);
        await AssertUnharmedAsync(gateway);
    }

    [Fact]
    public async Task Request_LineOf2Megabytes_IsTooLong()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RawConnection connection = await gateway.ConnectAsync();

        await connection.SendAsync($"PUT /metrics/job/{new string('a', 2_000_000)} HTTP/1.1\r\nHost: x\r\n\r\n");

        // The answer may be lost, since the server does not read the rest of a rejected request.
        Assert.True(await connection.ReadAnswerAsync() is null or { Status: 414 });
        await AssertUnharmedAsync(gateway);
    }

    [Fact]
    public async Task Request_LineBeyondTheLimit_IsToldSo()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RawConnection connection = await gateway.ConnectAsync();

        await connection.SendAsync("PUT /metrics/job/" + new string('a', (1 << 20) - "PUT /metrics/job/".Length + 1));

        Assert.Equal(414, (await connection.ReadAnswerAsync())!.Status);
        await AssertUnharmedAsync(gateway);
    }

    [Theory]
    [InlineData(1_000, 1, 200)]
    [InlineData(9_990, 1, 200)]
    [InlineData(10_001, 1, 431)]
    [InlineData(10, 90_000, 200)]
    [InlineData(1, 1 << 20, 431)]
    public async Task Request_ManyOrLongHeaders_AreReadUpToALimit(int count, int length, int status)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RawConnection connection = await gateway.ConnectAsync();
        var request = new StringBuilder(Get);
        for (int i = 0; i < count; i++)
        {
            request.Append("X-").Append(i).Append(": ").Append('v', length).Append("\r\n");
        }

        await connection.SendAsync(request.Append("\r\n").ToString());

        RawAnswer? answer = await connection.ReadAnswerAsync();
        Assert.True(answer is null ? status == 431 : answer.Status == status, answer?.Text);
        await AssertUnharmedAsync(gateway);
    }

    [Fact]
    public async Task Request_AnyByteOfItSpoiled_IsNeverAnInternalError()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        byte[] request = Encoding.ASCII.GetBytes(Put + "Content-Length: 4\r\nConnection: close\r\n\r\nx 1\n");
        var random = new Random(1);
        for (int i = 0; i < request.Length; i++)
        {
            byte[] spoiled = [.. request];
            spoiled[i] = (byte)random.Next(256);
            using RawConnection connection = await gateway.ConnectAsync();
            await connection.SendAsync(spoiled);
            connection.FinishSending();

            Assert.True(await connection.ReadAnswerAsync() is null or { Status: < 500 or 505 }, $"byte {i}");
        }
        Assert.Empty(gateway.Log.OfLevel("error"));
        Assert.Equal(200, (await gateway.SendAsync("GET", "/metrics")).Status);
    }

    /// <summary>Nothing stored, nothing logged as the server's fault, and the next client is served.</summary>
    private static async Task AssertUnharmedAsync(RunningGateway gateway)
    {
        Assert.Equal(0, gateway.Snapshot.GroupCount);
        Assert.Empty(gateway.Log.OfLevel("error"));
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/good", "x 1\n")).Status);
    }
}
