using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using PushGateway.Tests.Http.Push;

namespace PushGateway.Tests.Attack;

/// <summary>Bodies of the maximum size, with contents that need the most memory after parsing.</summary>
internal static class LargeBodies
{
    private const int MaxBytes = 64 << 20;
    private const string Protobuf =
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    public static IReadOnlyDictionary<string, Func<ByteArrayContent>> All { get; } =
        new Dictionary<string, Func<ByteArrayContent>>
        {
            ["empty labels"] = () => Family(Field(0x22, Fill(MaxBytes - 100, [0x0A, 0]))),
            ["empty metrics"] = () => Family(Fill(MaxBytes - 100, [0x22, 0])),
            ["gauges without labels"] = () => Family(Fill(MaxBytes - 100, [0x22, 2, 0x12, 0])),
            ["empty buckets"] = () => Family(Field(0x22, Field(0x3A, Fill(MaxBytes - 100, [0x1A, 0])))),
            ["buckets with exemplars"] = () => Family(Field(0x22, Field(0x3A, Fill(MaxBytes - 100, [0x1A, 2, 0x1A, 0])))),
            ["packed deltas"] = () => Family(Field(0x22, Field(0x3A, Field(0x6A, new byte[MaxBytes - 100])))),
            ["a million buckets"] = () => Family(Field(0x22, Field(0x3A, MillionBuckets()))),
            ["families without metrics"] = () => Of(Repeat(5_500_000, i => [11, 0x0A, 9, .. Encoding.ASCII.GetBytes($"a{i:x8}")]), Protobuf),
            ["one series again and again"] = () => Of(Fill(MaxBytes, "a 1\n"u8)),
            ["families"] = () => Of(Repeat(1_000_000, i => Encoding.ASCII.GetBytes($"a{i:x6} 1\n"))),
            ["series"] = () => Of(Repeat(1_000_000, i => Encoding.ASCII.GetBytes($"a{{l=\"{i:x6}\"}} 1\n"))),
            ["types"] = () => Of(Repeat(2_800_000, i => Encoding.ASCII.GetBytes($"# TYPE a{i:x6} gauge\n"))),
            ["a value without an end"] = () => Of([.. "x{a=\""u8, .. Fill(MaxBytes - 6, "v"u8)]),
            ["escapes"] = () => Of([.. "x{a=\""u8, .. Fill(MaxBytes - 20, "\\\\"u8), .. "\"} 1\n"u8]),
            ["comments"] = () => Of(Fill(MaxBytes, "#\n"u8)),
            ["newlines"] = () => Of(Fill(MaxBytes, "\n"u8)),
            ["one line"] = () => Of(Fill(MaxBytes, "x"u8)),
            ["a value that is no number"] = () => Of([.. "x "u8, .. Fill(MaxBytes - 3, "y"u8), .. "\n"u8]),
            ["skipped frames"] = () => Of([.. SnappyFrame.Identifier, .. Fill(MaxBytes - 20, [0xFE, 0, 0, 0])], encoding: "snappy"),
            ["packed newlines"] = () => Of(Gzip(Fill(MaxBytes, "\n"u8)), encoding: "gzip"),
            ["a bomb"] = () => Of(Gzip(new byte[1 << 28]), encoding: "gzip"),
            ["gzip that saves nothing"] = () => Of(Gzip(Noise(MaxBytes - 100_000), CompressionLevel.NoCompression), encoding: "gzip"),
        };

    private static ByteArrayContent Of(byte[] bytes, string? type = null, string? encoding = null)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }
        return content;
    }

    private static ByteArrayContent Family(byte[] metrics)
    {
        byte[] message = [0x0A, 1, (byte)'x', 0x18, 4, .. metrics];
        return Of([.. SnappyFrame.Varint((uint)message.Length), .. message], Protobuf);
    }

    private static byte[] Field(byte tag, byte[] content) => [tag, .. SnappyFrame.Varint((uint)content.Length), .. content];

    private static byte[] MillionBuckets()
    {
        byte[] bucket = [0x1A, 11, 0x08, 1, 0x11, 0, 0, 0, 0, 0, 0, 0, 0];
        return Repeat(1_000_000, i =>
        {
            BitConverter.TryWriteBytes(bucket.AsSpan(5), (double)i);
            return bucket;
        });
    }

    private static byte[] Fill(int length, ReadOnlySpan<byte> unit)
    {
        byte[] bytes = new byte[length / unit.Length * unit.Length];
        for (int i = 0; i < bytes.Length; i += unit.Length)
        {
            unit.CopyTo(bytes.AsSpan(i));
        }
        return bytes;
    }

    private static byte[] Repeat(int count, Func<int, byte[]> unit)
    {
        using var bytes = new MemoryStream();
        for (int i = 0; i < count; i++)
        {
            bytes.Write(unit(i));
        }
        return bytes.ToArray();
    }

    private static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Gzip(byte[] bytes, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, level))
        {
            gzip.Write(bytes);
        }
        return output.ToArray();
    }
}
