using System.Buffers.Binary;
using System.IO.Hashing;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>
/// The idempotency keys of accepted pushes, before the trailer of a persistence file. The Go Pushgateway stops reading
/// before them. A file without keys has no block.
/// </summary>
internal static class KeyBlock
{
    private const int HeaderBytes = 12;
    private const int CountAt = 8;
    private const int KeyBytes = 24;
    private const int TimeAt = 16;
    private const int ChecksumBytes = 4;

    /// <summary>0x8A PGWKEY LF</summary>
    public static ReadOnlySpan<byte> Magic => [0x8A, 0x50, 0x47, 0x57, 0x4B, 0x45, 0x59, 0x0A];

    public static long BytesOf(IReadOnlyList<RememberedKey> keys) =>
        keys.Count == 0 ? 0 : HeaderBytes + ((long)keys.Count * KeyBytes) + ChecksumBytes;

    /// <summary>Empty without keys.</summary>
    public static byte[] Encode(IReadOnlyList<RememberedKey> keys)
    {
        byte[] encoded = new byte[BytesOf(keys)];
        if (keys.Count == 0)
        {
            return encoded;
        }
        Magic.CopyTo(encoded);
        BinaryPrimitives.WriteInt32LittleEndian(encoded.AsSpan(CountAt), keys.Count);
        for (int i = 0; i < keys.Count; i++)
        {
            Span<byte> key = encoded.AsSpan(HeaderBytes + (i * KeyBytes));
            BinaryPrimitives.WriteUInt128LittleEndian(key, keys[i].Hash);
            BinaryPrimitives.WriteInt64LittleEndian(key[TimeAt..], keys[i].At);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(encoded.AsSpan(encoded.Length - ChecksumBytes), ChecksumOf(encoded));
        return encoded;
    }

    /// <summary>The offset of the first block at or after an offset; null without one.</summary>
    public static long? Find(BufferedFileReader file, long offset)
    {
        while (file.ReadAt(offset, Magic.Length) is { Length: var length } chunk && length >= Magic.Length)
        {
            int found = chunk.IndexOf(Magic);
            if (found >= 0)
            {
                return offset + found;
            }
            offset += length - Magic.Length + 1;
        }
        return null;
    }

    /// <summary>Reads the keys of a block at an offset; empty if the block is damaged or missing.</summary>
    public static IReadOnlyList<RememberedKey> Read(BufferedFileReader file, long offset)
    {
        byte[] header = new byte[HeaderBytes];
        if (!file.TryCopy(offset, header) || !header.AsSpan().StartsWith(Magic))
        {
            return [];
        }
        long count = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(CountAt));
        long bytes = HeaderBytes + (count * KeyBytes) + ChecksumBytes;
        if (bytes > Math.Min(file.Limit - offset, Array.MaxLength))
        {
            return [];
        }
        byte[] encoded = new byte[bytes];
        file.TryCopy(offset, encoded);
        return BinaryPrimitives.ReadUInt32LittleEndian(encoded.AsSpan(^ChecksumBytes..)) == ChecksumOf(encoded)
            ? Decode(encoded, (int)count)
            : [];
    }

    private static RememberedKey[] Decode(ReadOnlySpan<byte> encoded, int count)
    {
        var keys = new RememberedKey[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> key = encoded[(HeaderBytes + (i * KeyBytes))..];
            keys[i] = new RememberedKey(
                BinaryPrimitives.ReadUInt128LittleEndian(key), BinaryPrimitives.ReadInt64LittleEndian(key[TimeAt..]));
        }
        return keys;
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> encoded) =>
        Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, encoded[..^ChecksumBytes]);
}
