using System.IO.Compression;
using System.Text;
using PushGateway.Core.Model;
using PushGateway.Http;
using PushGateway.Http.Push;
using Xunit;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace PushGateway.Tests.Http.Push;

/// <summary>Bodies with Content-Encoding zstd and deflate. <see cref="RequestBodyTests"/> has gzip and snappy.</summary>
public sealed class CompressedBodyTests
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes(
        string.Concat(Enumerable.Range(0, 5000).Select(i => $"some_metric{{label=\"{i}\"}} {i * i}\n")));

    [Theory]
    [InlineData("zstd")]
    [InlineData("ZSTD")]
    [InlineData("deflate")]
    [InlineData("Deflate")]
    public async Task ReadAsync_Compressed_IsDecompressed(string encoding)
    {
        Assert.Equal(Text, await BodyAsync(encoding, Compress(encoding, Text)));
        Assert.Empty(await BodyAsync(encoding, Compress(encoding, [])));
    }

    /// <summary>Upstream knows neither, so a plain body passes.</summary>
    [Theory]
    [InlineData("zstd")]
    [InlineData("deflate")]
    public async Task ReadAsync_PlainUnderThatName_IsTheBodyAsItIs(string encoding)
    {
        foreach (string text in (string[])["", "x", "x 1\n", "(", "# TYPE x gauge\nx 1\n"])
        {
            Assert.Equal(text, Encoding.UTF8.GetString(await BodyAsync(encoding, Encoding.UTF8.GetBytes(text))));
        }
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("deflate")]
    public async Task ReadAsync_CutAtAnyByte_IsAFaultOrNoFrame(string encoding)
    {
        byte[] whole = Compress(encoding, Text[..3000]);
        for (int length = 4; length < whole.Length; length++)
        {
            Assert.NotNull((await ReadAsync(encoding, whole[..length])).Fault);
        }
    }

    [Theory]
    [InlineData("zstd", "zstd: invalid data or checksum")]
    [InlineData("deflate", "deflate: truncated, or data after the end")]
    public async Task ReadAsync_SomethingBehind_IsAFault(string encoding, string fault) =>
        Assert.Equal(fault, (await ReadAsync(encoding, [.. Compress(encoding, Text), .. "more than enough"u8])).Fault);

    [Theory]
    [InlineData("zstd")]
    [InlineData("deflate")]
    public async Task ReadAsync_ManyBodiesWithAWrongByte_NeverThrowOrPass(string encoding)
    {
        byte[] whole = Compress(encoding, Text);
        var random = new Random(7);
        for (int i = 0; i < 300; i++)
        {
            byte[] wrong = [.. whole];
            wrong[random.Next(6, whole.Length)] ^= (byte)random.Next(1, 256);

            (byte[]? body, string? fault) = await ReadAsync(encoding, wrong);

            Assert.True(fault is not null || body!.SequenceEqual(Text), "a changed body passed");
        }
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("deflate")]
    public async Task ReadAsync_Bomb_EndsAtTheMaximum(string encoding)
    {
        byte[] bomb = Compress(encoding, new byte[64 << 20]);
        Assert.InRange(bomb.Length, 1, 1_000_000);

        Assert.Equal("the body has more than 1000000 bytes", (await ReadAsync(encoding, bomb, maxBytes: 1_000_000)).Fault);
    }

    [Fact]
    public async Task ReadAsync_ZstdFrames_AreAllOfThem()
    {
        byte[] skippable = [0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2];
        byte[] last = [.. "x 1\n"u8];

        byte[] body = await BodyAsync("zstd", [.. skippable, .. Compress("zstd", Text), .. Compress("zstd", last)]);

        Assert.Equal([.. Text, .. last], body);
    }

    [Fact]
    public async Task ReadAsync_ZstdWithALargeWindow_IsAFault()
    {
        using var output = new MemoryStream();
        using (var zstd = new CompressionStream(output, leaveOpen: true))
        {
            zstd.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, 24);
            zstd.Write(Text);
        }

        Assert.Equal("zstd: a window above 8 MiB", (await ReadAsync("zstd", output.ToArray())).Fault);
    }

    [Theory]
    [InlineData(new byte[] { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x00 }, 1024)]
    [InlineData(new byte[] { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58 }, 1 << 21)]
    [InlineData(new byte[] { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x59 }, (1 << 21) / 8 * 9)]
    [InlineData(new byte[] { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff }, 1 << 23)] // beyond what is decoded
    [InlineData(new byte[] { 0x28, 0xb5, 0x2f, 0xfd, 0x20, 0xff }, 0)] // one segment
    [InlineData(new byte[] { 0x28, 0xb5, 0x2f }, 0)]
    public void WindowOf_Frame_IsWhatTheDecoderTakes(byte[] frame, int expected) => Assert.Equal(expected, ZstdBody.WindowOf(frame));

    private static async Task<byte[]> BodyAsync(string encoding, byte[] bytes)
    {
        (byte[]? body, string? fault) = await ReadAsync(encoding, bytes);
        Assert.Null(fault);
        return body!;
    }

    private static async Task<(byte[]? Body, string? Fault)> ReadAsync(string encoding, byte[] bytes, long maxBytes = long.MaxValue)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.ContentEncoding = encoding;
        context.Request.Body = new MemoryStream(bytes);
        (BodyBuffer? body, PushError? fault) = await RequestBody.ReadAsync(
            context,
            maxBytes,
            new SlowBodyTimeout(context.Request, TimeProvider.System, ClientTimeouts.Default),
            new ArrivingBodies(long.MaxValue),
            new LargePushLease(new LargePushLimiter(), TestContext.Current.CancellationToken));
        using (body)
        {
            return (body?.Join().ToArray(), fault?.Message);
        }
    }

    private static byte[] Compress(string encoding, byte[] bytes)
    {
        using var output = new MemoryStream();
        if (encoding.Equals("zstd", StringComparison.OrdinalIgnoreCase))
        {
            using var zstd = new CompressionStream(output, leaveOpen: true);
            zstd.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            zstd.Write(bytes);
        }
        else if (bytes.Length == 0)
        {
            output.Write([0x78, 0x9c, 3, 0, 0, 0, 0, 1]); // where the framework writes nothing at all
        }
        else
        {
            using var zlib = new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true);
            zlib.Write(bytes);
        }
        return output.ToArray();
    }
}
