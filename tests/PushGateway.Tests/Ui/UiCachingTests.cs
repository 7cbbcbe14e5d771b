using System.IO.Compression;
using System.Text.RegularExpressions;
using PushGateway.Tests.TestServer;
using PushGateway.Ui;
using Xunit;

namespace PushGateway.Tests.Ui;

/// <summary>What a browser has of the page, it does not load again; what it loads is compressed.</summary>
public sealed partial class UiCachingTests
{
    private const int MaxSentBytes = 60_500;

    [Fact]
    public async Task Page_Links_LeadToFilesThatAReloadDoesNotAskFor()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string html = (await gateway.SendAsync("GET", "/")).Body;

        string[] links = [.. Link().Matches(html).Select(match => match.Groups["address"].Value).Where(link => link.StartsWith("static/", StringComparison.Ordinal))];

        Assert.NotEmpty(links);
        foreach (string link in links)
        {
            RawAnswer answer = await gateway.SendAsync("GET", "/" + link);

            Assert.Equal((link, 200), (link, answer.Status));
            Assert.StartsWith($"static/{UiFiles.Version}/", link);
            Assert.Equal("private, max-age=31536000, immutable", answer.Header("Cache-Control"));
        }
    }

    [Theory]
    [InlineData("app.js")]
    [InlineData("0123456789abcdef/app.js")] // of another version of the gateway
    public async Task File_BesideTheVersion_IsRevalidated(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", $"/static/{path}");

        Assert.Equal((200, "no-cache"), (answer.Status, answer.Header("Cache-Control")));
        Assert.Equal(304, (await gateway.SendAsync("GET", $"/static/{path}", "", $"If-None-Match: {answer.Header("ETag")}")).Status);
    }

    [Theory]
    [InlineData("0123456789abcdeg/app.js")]
    [InlineData("0123456789abcde/app.js")]
    [InlineData("0123456789abcdef/none.js")]
    [InlineData("0123456789abcdef/index.html")]
    [InlineData("0123456789abcdef/")]
    [InlineData("0123456789abcdef")]
    [InlineData("0123456789abcdef/0123456789abcdef/app.js")]
    public async Task File_ThatIsNone_IsNotFound(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        Assert.Equal(404, (await gateway.SendAsync("GET", $"/static/{path}")).Status);
    }

    [Theory]
    [InlineData("/static/app.js")]
    [InlineData("/static/style.css")]
    [InlineData("/")]
    public async Task Get_WithGzip_IsTheSameCompressed(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{gateway.Port}") };

        using HttpResponseMessage plain = await GetAsync(client, path, "identity");
        using HttpResponseMessage gzip = await GetAsync(client, path, "gzip, deflate, br, zstd");

        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal(["gzip"], gzip.Content.Headers.ContentEncoding);
        Assert.Equal(["Accept-Encoding"], gzip.Headers.Vary);
        Assert.NotEqual(plain.Headers.ETag, gzip.Headers.ETag);
        Assert.Equal(await BytesOf(plain), Decompress(await BytesOf(gzip)));
        Assert.Equal(gzip.Content.Headers.ContentLength, (await BytesOf(gzip)).Length);

        // Each tag stands for the content, whatever the encoding is now.
        foreach (string? tag in (string?[])[plain.Headers.ETag!.Tag, gzip.Headers.ETag!.Tag])
        {
            RawAnswer kept = await gateway.SendAsync("GET", path, "", $"If-None-Match: {tag}", "Accept-Encoding: gzip");
            Assert.Equal((304, "", null), (kept.Status, kept.Body, kept.Header("Content-Encoding")));
        }
    }

    [Fact]
    public void Files_AllTogetherCompressed_AreSmall() =>
        Assert.InRange(UiFiles.ByName.Values.Sum(file => file.Gzip.Length), 1, MaxSentBytes);

    [Fact]
    public void Version_OfTheFiles_IsOne()
    {
        Assert.True(UiFiles.IsVersion(UiFiles.Version));
        Assert.False(UiFiles.IsVersion("app.js"));
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string path, string accepted)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task<byte[]> BytesOf(HttpResponseMessage answer) =>
        answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

    private static byte[] Decompress(byte[] body)
    {
        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var output = new MemoryStream();
        gzip.CopyTo(output);
        return output.ToArray();
    }

    [GeneratedRegex("(?:href|src)=\"(?<address>[^\"]+)\"")]
    private static partial Regex Link();
}
