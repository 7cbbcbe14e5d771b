using System.Buffers.Binary;
using System.Text;

namespace PushGateway.Tests.EndToEnd;

/// <summary>
/// A native histogram as a client sends it: io.prometheus.client.MetricFamily in delimited protobuf, written field by
/// field, so that the test does not read with the server's eyes.
/// </summary>
internal static class NativeHistogramPush
{
    private const byte Varint = 0;
    private const byte Fixed64 = 1;
    private const byte Bytes = 2;

    /// <summary>Schema 0 (bounds double): five observations of sum 7.5, one of 0, one up to 1, two up to 2, one up to 4.</summary>
    public static byte[] Delimited(string name)
    {
        // Bucket i of schema 0 reaches up to 2 to the i, so the span of three starts at 0; the deltas 1, +1, -1 are 1, 2, 1.
        byte[] span = [.. Tag(1, Varint), ZigZag(0), .. Tag(2, Varint), 3];
        byte[] histogram =
        [
            .. Tag(1, Varint), 5, // sample_count
            .. Tag(2, Fixed64), .. Number(7.5), // sample_sum
            .. Tag(5, Varint), ZigZag(0), // schema
            .. Tag(6, Fixed64), .. Number(1e-128), // zero_threshold
            .. Tag(7, Varint), 1, // zero_count
            .. Nested(12, span), // positive_span
            .. Tag(13, Varint), ZigZag(1), .. Tag(13, Varint), ZigZag(1), .. Tag(13, Varint), ZigZag(-1), // positive_delta
        ];
        byte[] family =
        [
            .. Nested(1, Encoding.UTF8.GetBytes(name)),
            .. Tag(3, Varint), 4, // type HISTOGRAM
            .. Nested(4, Nested(7, histogram)), // one metric
        ];
        return [Length(family), .. family];
    }

    private static byte[] Nested(int field, byte[] bytes) => [.. Tag(field, Bytes), Length(bytes), .. bytes];

    private static byte[] Tag(int field, byte wireType) => [(byte)((field << 3) | wireType)];

    private static byte ZigZag(int number) => (byte)((number << 1) ^ (number >> 31));

    private static byte[] Number(double number)
    {
        byte[] bytes = new byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
        return bytes;
    }

    /// <summary>A length of one byte is all that this message needs.</summary>
    private static byte Length(byte[] bytes) => bytes.Length < 128
        ? (byte)bytes.Length
        : throw new ArgumentOutOfRangeException(nameof(bytes), bytes.Length, "needs a longer varint");
}
