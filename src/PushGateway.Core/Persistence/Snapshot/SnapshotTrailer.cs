using System.Buffers.Binary;
using System.IO.Hashing;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>
/// The last bytes of a persistence file that this gateway wrote: the journal segments that the file covers, and a
/// checksum of the content. The Go Pushgateway stops reading before them.
/// </summary>
internal sealed record SnapshotTrailer(CheckpointId Coverage, long ContentLength, uint ContentCrc)
{
    public const int Bytes = 40;

    /// <summary>Both gateways write fewer than ten.</summary>
    private const int MaxMessages = 100;

    /// <summary>0x8A PGWSNP LF</summary>
    private static ReadOnlySpan<byte> Magic => [0x8A, 0x50, 0x47, 0x57, 0x53, 0x4E, 0x50, 0x0A];

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

    /// <summary>The offset of the trailer; null without one. It may be incomplete, and data may follow it.</summary>
    public static long? Find(BufferedFileReader file)
    {
        long last = Math.Max(0, file.Limit - Bytes);
        int found = file.ReadAt(last, Bytes).IndexOf(Magic);
        return found >= 0 ? last + found : FindAfterMessages(file);
    }

    /// <summary>
    /// Looks behind the gob messages of the content, which begin with their lengths. No message begins like a trailer.
    /// </summary>
    private static long? FindAfterMessages(BufferedFileReader file)
    {
        long offset = 0;
        for (int messages = 0; messages < MaxMessages; messages++)
        {
            ReadOnlySpan<byte> start = file.ReadAt(offset, Magic.Length + 1);
            if (start.StartsWith(Magic))
            {
                return offset;
            }
            if (!GobReader.TryDecodeUInt(start, out ulong length, out int bytes)
                || length == 0
                || length > (ulong)(file.Limit - offset - bytes))
            {
                return null;
            }
            offset += bytes + (long)length;
        }
        return null;
    }

    /// <summary>Null if the trailer is incomplete or damaged.</summary>
    public static SnapshotTrailer? Decode(ReadOnlySpan<byte> trailer)
    {
        if (trailer.Length != Bytes
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
