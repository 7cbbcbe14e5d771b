using System.Buffers.Binary;
using System.IO.Hashing;
using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>
/// The last bytes of a persistence file that this gateway wrote: the journal segments that the file covers, and a
/// checksum of the content. The Go Pushgateway stops reading before them.
/// </summary>
internal sealed record SnapshotTrailer(CheckpointId Coverage, long ContentLength, uint ContentCrc)
{
    public const int Bytes = 40;

    /// <summary>0x8A PGWSNP LF</summary>
    public static ReadOnlySpan<byte> Magic => [0x8A, 0x50, 0x47, 0x57, 0x53, 0x4E, 0x50, 0x0A];

    public byte[] Encode()
    {
        byte[] trailer = new byte[Bytes];
        Magic.CopyTo(trailer);
        BinaryPrimitives.WriteInt64LittleEndian(trailer.AsSpan(8), Coverage.JournalId);
        BinaryPrimitives.WriteInt64LittleEndian(trailer.AsSpan(16), Coverage.Generation);
        BinaryPrimitives.WriteInt64LittleEndian(trailer.AsSpan(24), ContentLength);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(32), ContentCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(36), ChecksumOf(trailer));
        return trailer;
    }

    /// <summary>The offset of a trailer within the last bytes; null without one. Data may follow it.</summary>
    public static long? FindAtEnd(BufferedFileReader file)
    {
        long last = Math.Max(0, file.Limit - Bytes);
        int found = file.ReadAt(last, Bytes).IndexOf(Magic);
        return found >= 0 ? last + found : null;
    }

    /// <summary>Reads the trailer at an offset; null if it is missing, incomplete or damaged.</summary>
    public static SnapshotTrailer? Read(BufferedFileReader file, long offset)
    {
        Span<byte> trailer = stackalloc byte[Bytes];
        return file.TryCopy(offset, trailer) ? Decode(trailer) : null;
    }

    private static SnapshotTrailer? Decode(ReadOnlySpan<byte> trailer)
    {
        if (!trailer.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[36..]) != ChecksumOf(trailer))
        {
            return null;
        }
        return new SnapshotTrailer(
            new CheckpointId(
                BinaryPrimitives.ReadInt64LittleEndian(trailer[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(trailer[16..])),
            BinaryPrimitives.ReadInt64LittleEndian(trailer[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(trailer[32..]));
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> trailer) =>
        Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, trailer[..36]);
}

/// <summary>The journal segments that a snapshot covers.</summary>
/// <param name="JournalId">0 for a snapshot without a journal.</param>
/// <param name="Generation">The last covered segment; all before it are covered too.</param>
public readonly record struct CheckpointId(long JournalId, long Generation)
{
    /// <summary>For a gateway without a journal.</summary>
    public static readonly CheckpointId NoJournal;
}

/// <summary>Identifies the content of a persistence file, whether or not this gateway wrote it.</summary>
internal readonly record struct Fingerprint(long Length, uint Crc)
{
    /// <summary>The fingerprint of a missing file.</summary>
    public static readonly Fingerprint None = new(-1, 0);
}
