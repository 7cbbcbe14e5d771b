using System.Buffers.Binary;
using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>
/// The last bytes of a persistence file that this gateway has written: what it covers, and a checksum of what comes
/// before. The Go Pushgateway stops reading at the end of its one value, and does not see them.
/// </summary>
internal sealed record SnapshotTrailer(CheckpointId Coverage, long ContentLength, uint ContentCrc)
{
    public const int Bytes = 40;

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
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(36), Crc32C.Of(trailer.AsSpan(0, 36)));
        return trailer;
    }

    /// <summary>Where in the last bytes of a file a trailer starts, whole or not; -1 if there is none.</summary>
    public static int Find(ReadOnlySpan<byte> last) => last.IndexOf(Magic);

    /// <summary>Null if it is not whole.</summary>
    public static SnapshotTrailer? Decode(ReadOnlySpan<byte> trailer)
    {
        if (trailer.Length != Bytes
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[36..]) != Crc32C.Of(trailer[..36]))
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
}

/// <summary>Which part of which journal a snapshot holds already.</summary>
/// <param name="JournalId">0: the snapshot was written without a journal.</param>
/// <param name="Generation">The last part of the journal that the snapshot holds, with all before it.</param>
public readonly record struct CheckpointId(long JournalId, long Generation)
{
    /// <summary>For a gateway that keeps no journal.</summary>
    public static readonly CheckpointId NoJournal;
}

/// <summary>Tells one content of the persistence file from another, whoever wrote it.</summary>
internal readonly record struct Fingerprint(long Length, uint Crc)
{
    /// <summary>There is no file.</summary>
    public static readonly Fingerprint None = new(-1, 0);
}
