using System.Buffers.Binary;

namespace PushGateway.Tests.Http.Push;

/// <summary>Writes the framing format of snappy, right or wrong, chunk by chunk.</summary>
/// <remarks>Source: google/snappy, framing_format.txt. Nothing of it is shared with the reader under test.</remarks>
internal static class SnappyFrame
{
    public const byte Compressed = 0x00;
    public const byte Plain = 0x01;

    /// <summary>What every stream begins with.</summary>
    public static readonly byte[] Identifier = Chunk(0xff, [.. "sNaPpY"u8]);

    /// <summary>A chunk as it is given: no checksum is added.</summary>
    public static byte[] Chunk(byte type, byte[] content) =>
        [type, (byte)content.Length, (byte)(content.Length >> 8), (byte)(content.Length >> 16), .. content];

    /// <summary>A chunk of data that is not compressed.</summary>
    public static byte[] PlainData(ReadOnlySpan<byte> data) => Chunk(Plain, [.. Checksum(data), .. data]);

    /// <summary>A chunk of data in a block that consists of one literal: compressed in form.</summary>
    public static byte[] CompressedData(ReadOnlySpan<byte> data) =>
        Chunk(Compressed, [.. Checksum(data), .. Literal(data)]);

    /// <summary>A chunk of one byte many times over, in a block of a literal and a copy of it.</summary>
    public static byte[] CompressedRun(byte value, int count)
    {
        byte[] data = new byte[count];
        data.AsSpan().Fill(value);
        return Chunk(Compressed, [.. Checksum(data), .. Varint((uint)count), 0, value, .. Copies(count - 1)]);
    }

    /// <summary>CRC-32C bit by bit, masked as the format has it.</summary>
    public static byte[] Checksum(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82f63b78;
            }
        }
        crc = ~crc;
        byte[] masked = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(masked, ((crc >> 15) | (crc << 17)) + 0xa282ead8);
        return masked;
    }

    public static byte[] Varint(uint value) =>
        value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];

    /// <summary>length, then tag byte 61 (a literal whose length less one follows in two bytes), then the bytes</summary>
    private static byte[] Literal(ReadOnlySpan<byte> data) =>
    [
        .. Varint((uint)data.Length),
        .. data.IsEmpty ? (byte[])[] : [61 << 2, (byte)(data.Length - 1), (byte)((data.Length - 1) >> 8)],
        .. data,
    ];

    /// <summary>Copies of 64 bytes at most (tag 2), from one byte back.</summary>
    private static IEnumerable<byte> Copies(int count)
    {
        for (int left = count; left > 0; left -= 64)
        {
            yield return (byte)(((Math.Min(left, 64) - 1) << 2) | 2);
            yield return 1;
            yield return 0;
        }
    }
}
