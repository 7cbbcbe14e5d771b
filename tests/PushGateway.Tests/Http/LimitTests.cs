using System.IO.Compression;
using System.Text;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary>Requests over a limit are rejected with the name of the flag, counted, and change nothing.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData("--push.max-series=2", "x{a=\"1\"} 1\nx{a=\"2\"} 1\ny 1\n", 422,
        "the push has 3 series, and at most 2 are allowed (--push.max-series)", "series")]
    [InlineData("--push.max-labels=3", "x{a=\"1\",b=\"2\",c=\"3\"} 1\n", 422,
        "a series of \"x\" has 4 labels with those of its group, and at most 3 are allowed (--push.max-labels)", "labels")]
    [InlineData("--push.max-name-length=4", "long_ 1\n", 422,
        "a metric name has 5 bytes, and at most 4 are allowed (--push.max-name-length)", "name_length")]
    [InlineData("--push.max-name-length=4", "x{long_=\"1\"} 1\n", 422,
        "a label name of a series has 5 bytes, and at most 4 are allowed (--push.max-name-length)", "name_length")]
    [InlineData("--push.max-value-length=5", "x{a=\"123456\"} 1\n", 422,
        "a label value of a series has 6 bytes, and at most 5 are allowed (--push.max-value-length)", "value_length")]
    [InlineData("--store.max-series=4", "x{a=\"1\"} 1\nx{a=\"2\"} 1\nx{a=\"3\"} 1\n", 429,
        "5 series would be stored with this push, and at most 4 are allowed (--store.max-series)", "stored_series")]
    [InlineData("--push.max-body-size=9", "x 1\nx 2 \n\n", 413,
        "the body has more than 9 bytes (--push.max-body-size)", "body_size")]
    public async Task Push_BeyondALimit_IsRefusedAndCounted(
        string flag, string body, int status, string message, string limit)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(flag);
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n")).Status);
        string[] before = await gateway.PushedSamplesAsync();

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", body);

        Assert.Equal((status, message + "\n"), (answer.Status, answer.Body));
        Assert.Equal(before, await gateway.PushedSamplesAsync());
        Assert.Contains(
            $"\npushgateway_requests_rejected_total{{reason=\"{limit}\"}} 1\n", (await gateway.SendAsync("GET", "/metrics")).Body);
        string group = (await gateway.SendAsync("GET", "/api/v1/groups/job/a")).Body;
        Assert.Contains("\"ok\":false", group);
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/a", "x 2\n")).Status);

        // A new group is not made for it.
        Assert.Equal(status, (await gateway.SendAsync("POST", "/metrics/job/b", body)).Status);
        Assert.Equal(1, gateway.Snapshot.GroupCount);
    }

    [Theory]
    [InlineData("/metrics/job/abcdef", "a label value of the URL has 6 bytes, and at most 5 are allowed")]
    [InlineData("/metrics/job/a/label/x", "a label name of the URL has 5 bytes, and at most 4 are allowed")]
    public async Task Push_UrlBeyondALimit_IsRefused(string path, string message)
    {
        await using RunningGateway gateway =
            await RunningGateway.StartAsync("--push.max-value-length=5", "--push.max-name-length=4");

        RawAnswer answer = await gateway.SendAsync("PUT", path, "x 1\n");

        Assert.Equal(422, answer.Status);
        Assert.StartsWith(message, answer.Body);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Push_JustWithinAllLimits_IsTaken(bool isChecked)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            "--push.max-series=2", "--push.max-labels=2", "--push.max-name-length=3", "--push.max-value-length=2",
            "--push.max-body-size=20B", "--store.max-series=4", "--store.max-groups=1",
            isChecked ? "--no-push.disable-consistency-check" : "--push.disable-consistency-check");
        int taken = isChecked ? 200 : 202;

        Assert.Equal(taken, (await gateway.SendAsync("PUT", "/metrics/job/a1", "abc{d=\"12\"} 1\nx 1\n")).Status);
        Assert.Equal(taken, (await gateway.SendAsync("PUT", "/metrics/job/a1", "abc{d=\"12\"} 1\ny 1\n")).Status);
        Assert.Equal(429, (await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n")).Status);
        Assert.Equal(202, (await gateway.SendAsync("DELETE", "/metrics/job/a1")).Status);
        Assert.Equal(taken, (await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n")).Status);
    }

    [Fact]
    public async Task Push_BeyondStoredGroups_SaysHowManyThereAre()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--store.max-groups=1");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n");

        Assert.Equal(
            (429, "1 groups are stored, and at most 1 are allowed (--store.max-groups)\n"), (answer.Status, answer.Body));
    }

    /// <summary>However it is sent: with its length, in chunks, or packed.</summary>
    [Theory]
    [InlineData("chunked")]
    [InlineData("gzip")]
    [InlineData("length")]
    public async Task Push_BodyBeyondTheLimit_IsRefusedHoweverItIsSent(string how)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.max-body-size=100KB");
        byte[] body = Encoding.UTF8.GetBytes("x 1\n" + new string('\n', 200_000));
        using RawConnection connection = await gateway.ConnectAsync();

        switch (how)
        {
            case "chunked":
                await connection.SendAsync(
                    $"PUT /metrics/job/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n");
                await connection.SendAsync((byte[])[.. body, .. "\r\n0\r\n\r\n"u8]);
                break;
            case "gzip":
                byte[] packed = Gzip(body);
                Assert.InRange(packed.Length, 1, 2_000);
                await connection.SendAsync(
                    $"PUT /metrics/job/a HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n");
                await connection.SendAsync(packed);
                break;
            default:
                // The server does not wait for the body.
                await connection.SendAsync("PUT /metrics/job/a HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n");
                break;
        }
        RawAnswer answer = (await connection.ReadAnswerAsync())!;

        Assert.Equal((413, "the body has more than 100000 bytes (--push.max-body-size)\n"), (answer.Status, answer.Body));
        Assert.Null(await connection.ReadAnswerAsync());
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Requests_AsManyAsAllowedUnderWay_OthersArePutOff()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.max-requests=1");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        using RawConnection slow = await gateway.ConnectAsync();
        await slow.SendAsync(
            "PUT /metrics/job/slow HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        Assert.Equal(100, (await slow.ReadAnswerAsync(hasBody: false))!.Status); // it is being read

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n");

        Assert.Equal(
            (503, "too many concurrent requests: the limit is 1 (--web.max-requests)\n"), (answer.Status, answer.Body));
        Assert.Contains("\nRetry-After: 1\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/-/ready")).Status);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/-/healthy")).Status);
        Assert.Equal(202, (await gateway.SendAsync("DELETE", "/metrics/job/a")).Status);

        await slow.SendAsync("x 1\n");
        Assert.Equal(200, (await slow.ReadAnswerAsync())!.Status);
        Assert.Equal(200, (await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n")).Status);
        Assert.Contains(
            "\npushgateway_requests_rejected_total{reason=\"requests\"} 1\n", (await gateway.SendAsync("GET", "/metrics")).Body);
    }

    /// <summary>A quarter of the requests is reserved for each kind.</summary>
    [Fact]
    public async Task Requests_SlowPushes_LeaveRoomForScrapes()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--web.max-requests=4");
        var slow = new List<RawConnection>();
        for (int i = 0; i < 3; i++)
        {
            slow.Add(await gateway.ConnectAsync());
            await slow[i].SendAsync(
                "PUT /metrics/job/slow HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
            Assert.Equal(100, (await slow[i].ReadAnswerAsync(hasBody: false))!.Status);
        }

        Assert.Equal(503, (await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n")).Status);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/metrics")).Status);
        slow.ForEach(connection => connection.Dispose());
    }

    /// <summary>Groups accepted before the limit was set stay.</summary>
    [Fact]
    public async Task Restart_WithLowerLimits_KeepsWhatIsStored()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pushgateway-test-");
        try
        {
            string file = $"--persistence.file={Path.Combine(folder.FullName, "m")}";
            string[] samples;
            await using (RunningGateway gateway = await RunningGateway.StartAsync(file, "--persistence.interval=24h"))
            {
                await gateway.SendAsync("PUT", "/metrics/job/a", "x{l=\"1\"} 1\nx{l=\"2\"} 1\n");
                await gateway.SendAsync("PUT", "/metrics/job/b", "x{l=\"long value\"} 1\n");
                samples = await gateway.PushedSamplesAsync();
            }
            await using RunningGateway limited = await RunningGateway.StartAsync(
                file, "--store.max-series=1", "--store.max-groups=1", "--push.max-series=1", "--push.max-value-length=4");

            Assert.Equal(samples, await limited.PushedSamplesAsync());
            Assert.Equal(200, (await limited.SendAsync("PUT", "/metrics/job/b", "y 1\n")).Status);
            Assert.Equal(429, (await limited.SendAsync("POST", "/metrics/job/b", "z 1\n")).Status);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

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
