using System.IO.Compression;
using System.Text;
using PushGateway.Http.Responses;
using PushGateway.Tests.TestServer;
using Xunit;
using ZstdSharp;

namespace PushGateway.Tests.Http.Responses;

/// <summary>Large answers of the JSON API are compressed if the client prefers that.</summary>
public sealed class JsonBodyTests
{
    public static TheoryData<string> Paths =>
    [
        "/api/v1/groups?limit=1000", "/api/v1/groups/job/a0?limit=10000", "/api/v1/metrics", "/api/v1/stats", "/api/v1/jobs?limit=1000",
        "/api/v1/completions?kind=value&label=job&limit=1000", "/api/v1/rejections",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Get_LargeAnswer_IsCompressedAsTheClientPrefers(string path)
    {
        await using RunningGateway gateway = await StartAsync(series: 100);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{gateway.Port}") };

        byte[] plain = await BytesAsync(client, path, null, expected: null);

        Assert.True(plain.Length >= JsonBody.MinCompressedBytes);
        foreach ((string accepted, string? encoding) in Accepted)
        {
            byte[] body = await BytesAsync(client, path, accepted, encoding);

            Assert.True(encoding is null || body.Length < plain.Length / 2, $"{body.Length} of {plain.Length} bytes");
            AssertSame(path, plain, Decompress(body, encoding));
        }
    }

    /// <summary>More than is flushed at once.</summary>
    [Fact]
    public async Task Get_VeryLargeAnswer_IsCompressedAsAWhole()
    {
        await using RunningGateway gateway = await StartAsync(series: 20_000);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{gateway.Port}") };
        byte[] plain = await BytesAsync(client, "/api/v1/metrics", null, expected: null);
        Assert.True(plain.Length > 2 * JsonResponses.FlushBytes);

        foreach ((string accepted, string? encoding) in Accepted)
        {
            Assert.Equal(plain, Decompress(await BytesAsync(client, "/api/v1/metrics", accepted, encoding), encoding));
        }
    }

    [Theory]
    [InlineData("/api/v1/groups")]
    [InlineData("/api/v1/groups/job/none")]
    [InlineData("/api/v1/groups?limit=x")]
    [InlineData("/api/v1/jobs")]
    [InlineData("/api/v1/metrics")]
    public async Task Get_SmallAnswer_IsPlain(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer plain = await gateway.SendAsync("GET", path);
        RawAnswer gzip = await gateway.SendAsync("GET", path, "", "Accept-Encoding: gzip");

        Assert.Equal(plain.Text, gzip.Text);
    }

    private static IEnumerable<(string Accepted, string? Encoding)> Accepted =>
    [
        ("gzip", "gzip"), ("zstd", "zstd"), ("gzip, deflate, br, zstd", "gzip"), ("gzip;q=0.5, zstd", "zstd"), ("identity", null),
        ("br", null), ("gzip;q=0", null),
    ];

    private static async Task<RunningGateway> StartAsync(int series)
    {
        RunningGateway gateway = await RunningGateway.StartAsync();
        string body = string.Concat(Enumerable.Range(0, series).Select(i => $"x{{l=\"{i}\"}} 1\n"));
        for (int i = 0; i < 80; i++)
        {
            await gateway.SendAsync("PUT", $"/metrics/job/a{i}", i == 0 ? body : "x 1\n");
            await gateway.SendAsync("PUT", $"/metrics/job/a{i}/odd", "x 1\n");
        }
        return gateway;
    }

    private static async Task<byte[]> BytesAsync(HttpClient client, string path, string? accepted, string? expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accepted is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        }
        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(expected, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Statistics have the memory in use, which changes.</summary>
    private static void AssertSame(string path, byte[] plain, byte[] body)
    {
        if (!path.EndsWith("stats", StringComparison.Ordinal))
        {
            Assert.Equal(Encoding.UTF8.GetString(plain), Encoding.UTF8.GetString(body));
        }
    }

    private static byte[] Decompress(byte[] body, string? encoding)
    {
        using var input = new MemoryStream(body);
        using Stream plain = encoding switch
        {
            "gzip" => new GZipStream(input, CompressionMode.Decompress),
            "zstd" => new DecompressionStream(input),
            _ => input,
        };
        using var output = new MemoryStream();
        plain.CopyTo(output);
        return output.ToArray();
    }
}
