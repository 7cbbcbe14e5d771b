using System.IO.Compression;
using System.Text;
using PushGateway.Core.Model;
using PushGateway.Http;
using PushGateway.Http.Push;
using Xunit;

namespace PushGateway.Tests.Http.Push;

public sealed class RequestBodyTests
{
    private const string Invalid = "gzip: invalid data or checksum";

    /// <summary>Behind the compressed data: a checksum and the length of what was compressed.</summary>
    private const int TrailerBytes = 8;

    private static readonly byte[] EmptyMember =
        [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static readonly byte[] Text = Encoding.UTF8.GetBytes(
        string.Concat(Enumerable.Range(0, 200).Select(i => $"some_metric{{label=\"{i}\"}} {i * i}\n")));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("identity")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("gzip, identity")] // Upstream: a list is not taken apart
    [InlineData("x-gzip")]
    public async Task ReadAsync_EncodingThatIsNotDecoded_IsTheBodyAsItIs(string? encoding) =>
        Assert.Equal(Text, await BodyAsync(encoding, Text));

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZip")]
    public async Task ReadAsync_Gzip_IsDecompressed(string encoding) =>
        Assert.Equal(Text, await BodyAsync(encoding, Gzip(Text)));

    [Theory]
    [InlineData("snappy")]
    [InlineData("Snappy")]
    public async Task ReadAsync_Snappy_IsDecompressed(string encoding) => Assert.Equal(
        Text, await BodyAsync(encoding, [.. SnappyFrame.Identifier, .. SnappyFrame.CompressedData(Text)]));

    [Fact]
    public async Task ReadAsync_BrokenSnappy_IsAFault() =>
        Assert.Equal("snappy: corrupt input", await FaultAsync("snappy", Text));

    [Fact]
    public async Task ReadAsync_GzipOfNothing_IsEmpty() => Assert.Empty((await BodyAsync("gzip", Gzip([])))!);

    [Fact]
    public async Task ReadAsync_GzipInSeveralMembers_IsAllOfThem()
    {
        byte[] last = [.. "x 1\n"u8];

        byte[]? body = await BodyAsync("gzip", [.. Gzip(Text), .. Gzip([]), .. Gzip(last)]);

        Assert.Equal([.. Text, .. last], body!);
    }

    [Fact]
    public async Task ReadAsync_GzipWithAFileName_IsDecompressed()
    {
        byte[] plain = Gzip(Text);
        byte[] named = [.. plain[..10], .. "metrics.txt\0"u8, .. plain[10..]];
        named[3] = 8; // FNAME

        Assert.Equal(Text, await BodyAsync("gzip", named));
    }

    [Fact]
    public async Task ReadAsync_GzipCutAtAnyByte_IsAFault()
    {
        byte[] whole = Gzip(Text);
        for (int length = 0; length < whole.Length; length++)
        {
            string? fault = await FaultAsync("gzip", whole[..length]);

            // An empty body counts as missing, and is rejected earlier.
            Assert.True(fault is null == (length == 0), $"{length} bytes: {fault}");
        }
    }

    [Fact]
    public async Task ReadAsync_SecondGzipMemberCutAtAnyByte_IsAFault()
    {
        byte[] first = Gzip(Text);
        byte[] whole = [.. first, .. Gzip([.. "x 1\n"u8])];
        for (int length = first.Length + 1; length < whole.Length; length++)
        {
            Assert.NotNull(await FaultAsync("gzip", whole[..length]));
        }
    }

    [Fact]
    public async Task ReadAsync_GzipWithAnyByteOfItsTrailerWrong_IsAFault()
    {
        byte[] whole = Gzip(Text);
        for (int i = whole.Length - TrailerBytes; i < whole.Length; i++)
        {
            byte[] wrong = [.. whole];
            wrong[i] ^= 1;

            Assert.Equal(Invalid, await FaultAsync("gzip", wrong));
        }
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("x 1\n")]
    [InlineData("more than the header of a member, which begins otherwise")]
    public async Task ReadAsync_GzipWithSomethingBehind_IsAFault(string garbage) =>
        Assert.NotNull(await FaultAsync("gzip", [.. Gzip(Text), .. Encoding.UTF8.GetBytes(garbage)]));

    [Fact]
    public async Task ReadAsync_ManyRandomBytesAfterAGzipHeader_NeverThrows()
    {
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            byte[] body = new byte[random.Next(10, 60)];
            random.NextBytes(body);
            Gzip([]).AsSpan(0, 10).CopyTo(body);

            Assert.NotNull(await FaultAsync("gzip", body));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    public async Task ReadAsync_BodyThatTrickles_IsWhole(string? encoding)
    {
        HttpContext context = Request(encoding);
        context.Request.Body = new TricklingStream(encoding is null ? Text : Gzip(Text), step: 3);

        (BodyBuffer? body, _) = await RequestBody.ReadAsync(context, long.MaxValue, PaceOf(context), NoLimit, NoLease);

        using (body)
        {
            Assert.Equal(Text, body!.Join().ToArray());
        }
    }

    private static async Task<byte[]?> BodyAsync(string? encoding, byte[] bytes)
    {
        (byte[]? body, string? fault) = await ReadAsync(encoding, bytes);
        Assert.Null(fault);
        return body;
    }

    private static async Task<string?> FaultAsync(string encoding, byte[] bytes) =>
        (await ReadAsync(encoding, bytes)).Fault;

    private static async Task<(byte[]? Body, string? Fault)> ReadAsync(string? encoding, byte[] bytes)
    {
        HttpContext context = Request(encoding);
        context.Request.Body = new MemoryStream(bytes);
        (BodyBuffer? body, PushError? fault) = await RequestBody.ReadAsync(context, long.MaxValue, PaceOf(context), NoLimit, NoLease);
        using (body)
        {
            return (body?.Join().ToArray(), fault?.Message);
        }
    }

    private static ArrivingBodies NoLimit => new(long.MaxValue);

    private static LargePushLease NoLease => new(new LargePushLimiter(), CancellationToken.None);

    private static SlowBodyTimeout PaceOf(HttpContext context) => new(context.Request, TimeProvider.System, ClientTimeouts.Default);

    private static DefaultHttpContext Request(string? encoding)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.ContentEncoding = encoding;
        return context;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return EmptyMember; // where the framework writes nothing at all
        }
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return output.ToArray();
    }
}
