using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Core.Persistence.Journal;

/// <summary>Reads the records of one of a journal's files, up to the first that is not whole.</summary>
/// <remarks>
/// What follows that one tells a torn end from damage. A power failure can also leave whole records behind a torn one,
/// of the write that it cut short. That is taken for damage, though none of them was acknowledged: the file is kept for
/// nothing then, which is better than cutting off what was.
/// </remarks>
internal sealed class SegmentReader
{
    /// <summary>
    /// How often over the file may be checksummed in search of records. A pushed body may hold, where protobuf skips it, any
    /// number of what looks like the start of a record as long as the rest of the file: hours, for 64 MiB of them.
    /// </summary>
    private const int MaxSearches = 16;

    private readonly BufferedFileReader _window;
    private long _searchLeft;

    /// <param name="limit">How much of the file counts.</param>
    public SegmentReader(DurableFile file, long limit)
    {
        _window = new BufferedFileReader(file, limit);
        _searchLeft = MaxSearches * limit;
    }

    /// <summary>The end of the last whole record.</summary>
    public long Offset { get; private set; } = SegmentHeader.Bytes;

    /// <summary>After the last record: how the file ends.</summary>
    public JournalEnd End { get; private set; }

    /// <summary>What lies behind the last whole record.</summary>
    public long TrailingBytes => Math.Max(0, _window.Limit - Offset);

    /// <summary>Reads the next record, in memory of its own; false at the end, whatever it looks like.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public bool TryRead([NotNullWhen(true)] out JournalRecord? record)
    {
        record = null;
        if (Offset >= _window.Limit)
        {
            return false;
        }
        byte[]? payload = ReadPayload(Offset);
        if (payload is null)
        {
            // What was not searched to its end is not cut off.
            End = FindRecord(Offset + 1) is null && _searchLeft > 0 ? JournalEnd.Torn : JournalEnd.Damaged;
            return false;
        }
        record = RecordDecoder.Decode(payload);
        if (record is null)
        {
            End = JournalEnd.Damaged;
            return false;
        }
        Offset += EncodedRecord.HeaderBytes + payload.Length;
        return true;
    }

    /// <summary>
    /// How many records are known to lie behind the last that was read: the broken one, and whole ones.
    /// </summary>
    public long CountTrailingRecords()
    {
        long? next = FindRecord(Offset);
        long count = Offset < _window.Limit && next != Offset ? 1 : 0;
        for (; next is { } found; next = FindRecord(found + 1))
        {
            count++;
        }
        return count;
    }

    /// <summary>Null if no whole record is there.</summary>
    private byte[]? ReadPayload(long offset)
    {
        Span<byte> header = stackalloc byte[EncodedRecord.HeaderBytes];
        if (!TryReadHeader(offset, header, out int length))
        {
            return null;
        }
        byte[] payload = GC.AllocateUninitializedArray<byte>(length);
        bool isWhole = _window.TryCopy(offset + EncodedRecord.HeaderBytes, payload)
            && EncodedRecord.Checksum(header[EncodedRecord.LengthAt..EncodedRecord.CrcAt], payload) == CrcOf(header);
        return isWhole ? payload : null;
    }

    /// <summary>Whether something that can be a record, by its marker and length, is there.</summary>
    private bool TryReadHeader(long offset, Span<byte> header, out int length)
    {
        length = 0;
        if (!_window.TryCopy(offset, header) || !header.StartsWith(EncodedRecord.Marker))
        {
            return false;
        }
        length = BinaryPrimitives.ReadInt32LittleEndian(header[EncodedRecord.LengthAt..]);
        return length is >= 0 and <= EncodedRecord.MaxPayloadBytes
            && length <= _window.Limit - offset - EncodedRecord.HeaderBytes;
    }

    /// <summary>The first whole record that starts at an offset or behind it, if it is found in time.</summary>
    private long? FindRecord(long offset)
    {
        ReadOnlySpan<byte> marker = EncodedRecord.Marker;
        while (_searchLeft > 0 && _window.At(offset, marker.Length) is { } there && there.Length >= marker.Length)
        {
            int found = there.IndexOf(marker);
            if (found < 0)
            {
                offset += there.Length - marker.Length + 1;
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
        if (!TryReadHeader(offset, header, out int length))
        {
            return false;
        }
        uint crc = Crc32C.Of(header[EncodedRecord.LengthAt..EncodedRecord.CrcAt]);
        for (long at = offset + EncodedRecord.HeaderBytes; length > 0;)
        {
            ReadOnlySpan<byte> there = _window.At(at);
            if (there.IsEmpty)
            {
                return false;
            }
            int count = Math.Min(there.Length, length);
            crc = Crc32C.Append(crc, there[..count]);
            at += count;
            length -= count;
            _searchLeft -= count;
        }
        return crc == CrcOf(header);
    }

    private static uint CrcOf(ReadOnlySpan<byte> header) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[EncodedRecord.CrcAt..]);
}

/// <summary>How the records of a journal's file end.</summary>
internal enum JournalEnd
{
    /// <summary>With the file.</summary>
    Clean,

    /// <summary>The last write was cut short: nothing whole comes behind the last whole record.</summary>
    Torn,

    /// <summary>There is more behind a record that is damaged, or not of a kind that this version knows.</summary>
    Damaged,
}
