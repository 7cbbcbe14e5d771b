using System.Buffers.Binary;
using System.IO.Hashing;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>
/// The header of a journal segment: its place in the chain of segments. Written and synced before the first record.
/// </summary>
/// <remarks>
/// A journal is a chain of segments, numbered by generation. A checkpoint and a start of the gateway begin a new one. A
/// segment names its predecessor and the valid length of it, so that recovery never applies what an earlier recovery
/// dropped.
/// </remarks>
/// <param name="JournalId">The time when the journal was created, unique in its folder.</param>
/// <param name="Generation">From 1, never reused within a journal.</param>
/// <param name="Previous">The generation of the preceding segment; 0 if only a snapshot precedes it.</param>
/// <param name="PreviousLength">The valid length of the preceding segment, in bytes.</param>
/// <param name="Base">The persistence file that the first segment of the journal follows.</param>
internal sealed record SegmentHeader(
    long JournalId, long Generation, long Previous, long PreviousLength, Fingerprint Base)
{
    public const int Bytes = 64;

    private const uint Version = 1;

    /// <summary>Whether a snapshot or another segment precedes the first record.</summary>
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
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(60), ChecksumOf(header));
        return header;
    }

    /// <summary>Null if the header is missing, damaged, or of a newer version.</summary>
    /// <param name="isNewer">Whether a newer version wrote it.</param>
    public static SegmentHeader? Decode(ReadOnlySpan<byte> header, out bool isNewer)
    {
        isNewer = false;
        if (header.Length < Bytes
            || !header.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(header[60..]) != ChecksumOf(header))
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

    private static uint ChecksumOf(ReadOnlySpan<byte> header) =>
        Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, header[..60]);
}

/// <summary>A completed segment that the next snapshot will cover.</summary>
/// <param name="Bytes">The size of its records.</param>
/// <param name="PreservedAs">The name to rename it to if it is damaged; null to delete it after the snapshot.</param>
public sealed record JournalSegment(string Name, long Generation, long Bytes, long Records, string? PreservedAs);
