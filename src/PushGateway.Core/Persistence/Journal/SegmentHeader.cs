using System.Buffers.Binary;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>
/// The start of each file of a journal: which part of which journal it is, and what it follows. Written and synced
/// before the first record.
/// </summary>
/// <remarks>
/// A journal is a chain of files, its generations, each begun when a snapshot is taken or the gateway starts. Each says
/// which generation it follows and how much of that one counts, so that what was cut off or given up there stays given
/// up.
/// </remarks>
/// <param name="JournalId">When the journal was begun, which no two of one folder share.</param>
/// <param name="Generation">From 1; never used twice for records of one journal.</param>
/// <param name="Previous">The generation whose records come before these; 0 if there is none but the snapshot.</param>
/// <param name="PreviousLength">How many bytes of the previous file count.</param>
/// <param name="Base">The persistence file that the journal's first generation follows.</param>
internal sealed record SegmentHeader(
    long JournalId, long Generation, long Previous, long PreviousLength, Fingerprint Base)
{
    public const int Bytes = 64;

    private const uint Version = 1;

    /// <summary>Whether there was something before the first record.</summary>
    public bool FollowsSnapshot => Previous > 0 || Base != Fingerprint.None;

    /// <summary>0x8A PGWJNL LF</summary>
    private static ReadOnlySpan<byte> Magic => [0x8A, 0x50, 0x47, 0x57, 0x4A, 0x4E, 0x4C, 0x0A];

    public byte[] Encode()
    {
        byte[] header = new byte[Bytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), JournalId);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), Generation);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), Previous);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(40), PreviousLength);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(48), Base.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(56), Base.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(60), Crc32C.Of(header.AsSpan(0, 60)));
        return header;
    }

    /// <summary>Null if it is no header, or a damaged one.</summary>
    /// <param name="isNewer">A version after this one has written it.</param>
    public static SegmentHeader? Decode(ReadOnlySpan<byte> header, out bool isNewer)
    {
        isNewer = false;
        if (header.Length < Bytes
            || !header.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(header[60..]) != Crc32C.Of(header[..60]))
        {
            return null;
        }
        isNewer = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) > Version;
        var read = new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[40..]),
            new Fingerprint(
                BinaryPrimitives.ReadInt64LittleEndian(header[48..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[56..])));
        return isNewer || read.Previous >= read.Generation ? null : read;
    }
}

/// <summary>A complete file of the journal that no snapshot has taken in yet.</summary>
/// <param name="Bytes">What its records take.</param>
/// <param name="PreservedAs">
/// The name to keep it under, since it is damaged; null to delete it once a snapshot has it.
/// </param>
public sealed record JournalSegment(string Name, long Generation, long Bytes, long Records, string? PreservedAs);
