using System.Globalization;
using System.IO.Compression;
using System.Text;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary>A request has the same result however it is split into segments.</summary>
public sealed class SplitInputTests
{
    private const string Body =
        "# HELP x é\\n\n# TYPE x histogram\n"
        + "x_bucket{l=\"a\\\"\\n😀\",le=\"+Inf\"} 1\nx_sum{l=\"a\\\"\\n😀\"} 1e-3\n";

    private const string Put = "PUT /metrics/job/a/b@base64/w6k HTTP/1.1\r\nHost: x\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Push_ChunkBoundaryAtEveryByte_IsStoredAlike(bool gzip)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        byte[] body = gzip ? Gzip(Body) : Encoding.UTF8.GetBytes(Body);
        (string answer, string stored) = await SendAsync(gateway, Request(body, gzip, [body.Length]), []);
        Assert.StartsWith("200\n", answer);
        Assert.Contains("😀", stored);

        for (int cut = 1; cut < body.Length; cut++)
        {
            byte[] request = Request(body, gzip, [cut, body.Length - cut]);

            Assert.Equal((answer, stored), await SendAsync(gateway, request, []));
        }
    }

    [Fact]
    public async Task Push_ChunkOfEachByte_IsStoredAlike()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        byte[] body = Encoding.UTF8.GetBytes(Body);
        (string Answer, string Stored) whole = await SendAsync(gateway, Request(body, gzip: false, [body.Length]), []);

        byte[] request = Request(body, gzip: false, [.. Enumerable.Repeat(1, body.Length)]);

        Assert.Equal(whole, await SendAsync(gateway, request, []));
    }

    [Fact]
    public async Task Push_SegmentBoundaryAtEveryByte_IsStoredAlike()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        byte[] body = Encoding.UTF8.GetBytes(Body);
        byte[] request = Request(body, gzip: false, [10, 1, body.Length - 11]);
        (string Answer, string Stored) whole = await SendAsync(gateway, request, []);
        Assert.StartsWith("200\n", whole.Answer);

        for (int cut = 1; cut < request.Length; cut++)
        {
            Assert.Equal(whole, await SendAsync(gateway, request, [cut]));
        }
    }

    [Fact]
    public async Task Push_ManyRandomSegments_IsStoredAlike()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        byte[] body = Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Range(0, 2000).Select(i => $"x{{l=\"é{i}\"}} {i}\n")));
        byte[] request = [.. Encoding.ASCII.GetBytes($"{Put}Content-Length: {body.Length}\r\n\r\n"), .. body];
        (string Answer, string Stored) whole = await SendAsync(gateway, request, []);
        Assert.StartsWith("200\n", whole.Answer);
        var random = new Random(1);

        for (int i = 0; i < 20; i++)
        {
            int[] cuts = [.. Enumerable.Range(0, 20).Select(_ => random.Next(1, request.Length)).Order().Distinct()];

            Assert.Equal(whole, await SendAsync(gateway, request, cuts));
        }
    }

    [Fact]
    public async Task RefusedPush_ChunkBoundaryAtEveryByte_IsAnsweredAlike()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        byte[] body = "x 1\ny{l=\"é\\z\"} 2\n"u8.ToArray();
        (string Answer, string Stored) whole = await SendAsync(gateway, Request(body, gzip: false, [body.Length]), []);
        Assert.StartsWith("400\n", whole.Answer);

        for (int cut = 1; cut < body.Length; cut++)
        {
            Assert.Equal(whole, await SendAsync(gateway, Request(body, gzip: false, [cut, body.Length - cut]), []));
        }
    }

    /// <summary>The request in chunks of the given lengths.</summary>
    private static byte[] Request(byte[] body, bool gzip, int[] lengths)
    {
        string encoding = gzip ? "Content-Encoding: gzip\r\n" : "";
        List<byte> request = [.. Encoding.ASCII.GetBytes($"{Put}{encoding}Transfer-Encoding: chunked\r\n\r\n")];
        int start = 0;
        foreach (int length in lengths)
        {
            request.AddRange(Encoding.ASCII.GetBytes(length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
            request.AddRange(body.AsSpan(start, length));
            request.AddRange("\r\n"u8);
            start += length;
        }
        request.AddRange("0\r\n\r\n"u8);
        return [.. request];
    }

    /// <summary>
    /// Sends the request in segments that end at the cuts, and returns the response and the stored groups. Another request goes
    /// to and fro in between, so that the server comes to read the segments one by one.
    /// </summary>
    private static async Task<(string Answer, string Stored)> SendAsync(RunningGateway gateway, byte[] request, int[] cuts)
    {
        await gateway.SendAsync("DELETE", "/metrics/job/a/b@base64/w6k");
        using RawConnection connection = await gateway.ConnectAsync();
        int start = 0;
        foreach (int cut in cuts)
        {
            await connection.SendAsync(request.AsMemory(start..cut));
            await gateway.SendAsync("GET", "/-/ready");
            start = cut;
        }
        await connection.SendAsync(request.AsMemory(start));
        RawAnswer? answer = await connection.ReadAnswerAsync();
        return (answer!.Text, await gateway.StoredJsonAsync());
    }

    private static byte[] Gzip(string text)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }
        return output.ToArray();
    }
}
