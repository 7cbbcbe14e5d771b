using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>Reads the records of a segment up to the first incomplete one.</summary>
/// <remarks>
/// The end is torn if the incomplete record can be the start of an interrupted write, and no complete record follows;
/// otherwise it is damaged. A power failure during a write can also leave blank parts within a record, or complete
/// records after a torn one. Those were not acknowledged, but count as damage too: preserving the file needlessly is
/// better than dropping acknowledged records.
/// </remarks>
internal sealed class SegmentReader
{
    /// <summary>
    /// Bounds the bytes to checksum in search of records, in file lengths. A hostile body can contain so many apparent
    /// record headers that a full search would take hours.
    /// </summary>
    private const int MaxSearches = 16;

    private readonly BufferedFileReader _reader;
    private long _searchLeft;
    private bool _endsAtUnknown;

    /// <param name="limit">The valid length of the file.</param>
    public SegmentReader(DurableFile file, long limit)
    {
        _reader = new BufferedFileReader(file, limit);
        _searchLeft = MaxSearches * limit;
    }

    /// <summary>The end of the last complete record.</summary>
    public long Offset { get; private set; } = SegmentHeader.Bytes;

    /// <summary>How the file ends. Set when the last record was read.</summary>
    public JournalEnd End { get; private set; }

    /// <summary>The fault at the end, with its offset. A complete record can be of a later version.</summary>
    public string Fault => _endsAtUnknown
        ? $"a record that this version does not know, at byte {Offset}"
        : $"damaged at byte {Offset}";

    /// <summary>The bytes after the last complete record.</summary>
    public long TrailingBytes => Math.Max(0, _reader.Limit - Offset);

    /// <summary>Reads the next record into its own memory; false at the end, see <see cref="End"/>.</summary>
    public bool TryRead([NotNullWhen(true)] out JournalRecord? record)
    {
        record = null;
        if (Offset >= _reader.Limit)
        {
            return false;
        }
        byte[]? payload = ReadPayload(Offset);
        if (payload is null)
        {
            // An incomplete search proves nothing, so the rest counts as damage.
            bool isTorn = CanBeTorn() && FindRecord(Offset + 1) is null && _searchLeft > 0;
            End = isTorn ? JournalEnd.Torn : JournalEnd.Damaged;
            return false;
        }
        record = RecordDecoder.Decode(payload);
        if (record is null)
        {
            End = JournalEnd.Damaged;
            _endsAtUnknown = true;
            return false;
        }
        Offset += EncodedRecord.HeaderBytes + payload.Length;
        return true;
    }

    /// <summary>Counts the records after the last that was read: the damaged one and complete ones.</summary>
    public long CountTrailingRecords()
    {
        long? next = FindRecord(Offset);
        long count = Offset < _reader.Limit && next != Offset ? 1 : 0;
        for (; next is { } found; next = FindRecord(found + 1))
        {
            count++;
        }
        return count;
    }

    /// <summary>Null if no complete record starts at the offset.</summary>
    private byte[]? ReadPayload(long offset)
    {
        Span<byte> header = stackalloc byte[EncodedRecord.HeaderBytes];
        if (!TryReadHeader(offset, header, out int length))
        {
            return null;
        }
        byte[] payload = GC.AllocateUninitializedArray<byte>(length);
        bool isWhole = _reader.TryCopy(offset + EncodedRecord.HeaderBytes, payload)
            && EncodedRecord.Checksum(header[EncodedRecord.LengthAt..EncodedRecord.CrcAt], payload) == CrcOf(header);
        return isWhole ? payload : null;
    }

    /// <summary>
    /// Whether the bytes at the end can be the start of an interrupted write: blank, or a record that ends beyond the
    /// file.
    /// </summary>
    private bool CanBeTorn()
    {
        Span<byte> header = stackalloc byte[(int)Math.Min(EncodedRecord.HeaderBytes, TrailingBytes)];
        _reader.TryCopy(Offset, header);
        ReadOnlySpan<byte> marker = header[..Math.Min(header.Length, EncodedRecord.LengthAt)];
        if (marker.IndexOfAnyExcept((byte)0) < 0)
        {
            return true;
        }
        if (!EncodedRecord.Marker.StartsWith(marker))
        {
            return false;
        }
        if (header.Length < EncodedRecord.HeaderBytes)
        {
            return true;
        }
        int length = BinaryPrimitives.ReadInt32LittleEndian(header[EncodedRecord.LengthAt..]);
        long left = TrailingBytes - EncodedRecord.HeaderBytes;

        // If the checksum fits the actual length, only the stated one is damaged.
        return length is >= 0 and <= EncodedRecord.MaxPayloadBytes
            && length > left
            && !HasChecksum(Offset, (int)left, CrcOf(header));
    }

    /// <summary>Whether the offset has a marker and a plausible length.</summary>
    private bool TryReadHeader(long offset, Span<byte> header, out int length)
    {
        length = 0;
        if (!_reader.TryCopy(offset, header) || !header.StartsWith(EncodedRecord.Marker))
        {
            return false;
        }
        length = BinaryPrimitives.ReadInt32LittleEndian(header[EncodedRecord.LengthAt..]);
        return length is >= 0 and <= EncodedRecord.MaxPayloadBytes
            && length <= _reader.Limit - offset - EncodedRecord.HeaderBytes;
    }

    /// <summary>The first complete record at or after an offset; null if the search finds none.</summary>
    private long? FindRecord(long offset)
    {
        ReadOnlySpan<byte> marker = EncodedRecord.Marker;
        while (_searchLeft > 0 && _reader.ReadAt(offset, marker.Length) is { } chunk && chunk.Length >= marker.Length)
        {
            int found = chunk.IndexOf(marker);
            if (found < 0)
            {
                offset += chunk.Length - marker.Length + 1;
            }
            else if (IsWhole(offset + found))
            {
                return offset + found;
            }
            else
            {
                offset += found + 1;
            }
        }
        return null;
    }

    private bool IsWhole(long offset)
    {
        Span<byte> header = stackalloc byte[EncodedRecord.HeaderBytes];
        return TryReadHeader(offset, header, out int length) && HasChecksum(offset, length, CrcOf(header));
    }

    /// <summary>Whether a record at the offset with a payload of this length has the checksum.</summary>
    private bool HasChecksum(long offset, int length, uint expected)
    {
        Span<byte> lengthBytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(lengthBytes, length);
        var crc = new Crc32(Crc32ParameterSet.Crc32C);
        crc.Append(lengthBytes);
        for (long at = offset + EncodedRecord.HeaderBytes; length > 0;)
        {
            ReadOnlySpan<byte> chunk = _reader.ReadAt(at);
            if (chunk.IsEmpty)
            {
                return false;
            }
            int count = Math.Min(chunk.Length, length);
            crc.Append(chunk[..count]);
            at += count;
            length -= count;
            _searchLeft -= count;
        }
        return crc.GetCurrentHashAsUInt32() == expected;
    }

    private static uint CrcOf(ReadOnlySpan<byte> header) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[EncodedRecord.CrcAt..]);
}

/// <summary>How the records of a segment end.</summary>
internal enum JournalEnd
{
    /// <summary>The last record ends the file.</summary>
    Clean,

    /// <summary>The last write was interrupted: its record is incomplete, and no complete record follows.</summary>
    Torn,

    /// <summary>A record is damaged or of an unknown kind.</summary>
    Damaged,
}
