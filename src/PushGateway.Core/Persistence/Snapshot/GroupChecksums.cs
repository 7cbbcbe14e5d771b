using System.Buffers.Binary;
using System.IO.Hashing;
using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>
/// The checksums of blocks of complete groups, between the content of a persistence file and its trailer. They locate the
/// intact groups of a damaged file. The Go Pushgateway stops reading before them.
/// </summary>
/// <param name="GroupsStart">The offset of the first group.</param>
internal sealed record GroupChecksums(long GroupsStart, IReadOnlyList<GroupBlock> Blocks)
{
    private const int HeaderBytes = 20;
    private const int BlockBytes = 16;
    private const int ChecksumBytes = 4;

    /// <summary>0x8A PGWSUM LF</summary>
    public static ReadOnlySpan<byte> Magic => [0x8A, 0x50, 0x47, 0x57, 0x53, 0x55, 0x4D, 0x0A];

    public int Bytes => HeaderBytes + (Blocks.Count * BlockBytes) + ChecksumBytes;

    public byte[] Encode()
    {
        byte[] encoded = new byte[Bytes];
        Magic.CopyTo(encoded);
        BinaryPrimitives.WriteInt64LittleEndian(encoded.AsSpan(8), GroupsStart);
        BinaryPrimitives.WriteInt32LittleEndian(encoded.AsSpan(16), Blocks.Count);
        for (int i = 0; i < Blocks.Count; i++)
        {
            Span<byte> block = encoded.AsSpan(HeaderBytes + (i * BlockBytes));
            BinaryPrimitives.WriteInt64LittleEndian(block, Blocks[i].End);
            BinaryPrimitives.WriteInt32LittleEndian(block[8..], Blocks[i].Groups);
            BinaryPrimitives.WriteUInt32LittleEndian(block[12..], Blocks[i].Crc);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(encoded.AsSpan(Bytes - ChecksumBytes), ChecksumOf(encoded));
        return encoded;
    }

    /// <summary>Reads the checksums after content that ends at an offset; null if there are none or they are damaged.</summary>
    public static GroupChecksums? Read(BufferedFileReader file, long contentEnd)
    {
        byte[] header = new byte[HeaderBytes];
        if (!file.TryCopy(contentEnd, header) || !header.AsSpan().StartsWith(Magic))
        {
            return null;
        }
        long start = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(8));
        long count = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(16));
        long bytes = HeaderBytes + (count * BlockBytes) + ChecksumBytes;
        if (bytes > Math.Min(file.Limit - contentEnd, Array.MaxLength))
        {
            return null;
        }
        byte[] encoded = new byte[bytes];
        file.TryCopy(contentEnd, encoded);
        return BinaryPrimitives.ReadUInt32LittleEndian(encoded.AsSpan(^ChecksumBytes..)) == ChecksumOf(encoded)
            ? new GroupChecksums(start, Decode(encoded, (int)count))
            : null;
    }

    /// <summary>The blocks with correct checksums, each with its offset.</summary>
    public List<(long Start, GroupBlock Block)> FindIntact(DurableFile file)
    {
        var reader = new BufferedFileReader(file, file.Length);
        var intact = new List<(long, GroupBlock)>();
        long start = GroupsStart;
        foreach (GroupBlock block in Blocks)
        {
            if (ChecksumOf(reader, start, block.End, total: null) == block.Crc)
            {
                intact.Add((start, block));
            }
            start = block.End;
        }
        return intact;
    }

    /// <summary>The CRC-32C of a part of a file.</summary>
    /// <param name="total">Also receives the part.</param>
    public static uint ChecksumOf(BufferedFileReader reader, long start, long end, Crc32? total)
    {
        var crc = new Crc32(Crc32ParameterSet.Crc32C);
        while (start < end && reader.ReadAt(start) is { IsEmpty: false } chunk)
        {
            chunk = chunk[..(int)Math.Min(chunk.Length, end - start)];
            crc.Append(chunk);
            total?.Append(chunk);
            start += chunk.Length;
        }
        return crc.GetCurrentHashAsUInt32();
    }

    private static GroupBlock[] Decode(ReadOnlySpan<byte> encoded, int count)
    {
        var blocks = new GroupBlock[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> block = encoded[(HeaderBytes + (i * BlockBytes))..];
            blocks[i] = new GroupBlock(
                BinaryPrimitives.ReadInt64LittleEndian(block),
                BinaryPrimitives.ReadInt32LittleEndian(block[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(block[12..]));
        }
        return blocks;
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> encoded) =>
        Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, encoded[..^ChecksumBytes]);
}

/// <summary>Consecutive groups of a persistence file.</summary>
/// <param name="End">The offset after them, where the next block begins.</param>
/// <param name="Groups">The number of groups.</param>
/// <param name="Crc">The CRC-32C of their bytes.</param>
internal readonly record struct GroupBlock(long End, int Groups, uint Crc);
