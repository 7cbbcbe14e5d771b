using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using PushGateway.Core.Exposition;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>
/// Reads gob's primitives and messages, as the documentation of Go's encoding/gob has them, from a stream. Knows no
/// type. Holds one buffer, and gives no array that is much larger than what has arrived.
/// </summary>
/// <remarks>
/// Each primitive takes the name of what it reads, in words that fit behind "expected". The buffer is read ahead:
/// the stream's own position says nothing.
/// </remarks>
internal sealed class GobReader
{
    /// <summary>What still fits a string of .NET with room to spare.</summary>
    public const int MaxTextBytes = 1 << 28;

    private const int BufferBytes = 1 << 16;

    /// <summary>How much memory a claimed length gets before any of it has arrived.</summary>
    private const int MaxUnseenBytes = 1 << 20;

    /// <summary>More than any struct has, and small enough to add to.</summary>
    private const ulong MaxFieldDelta = 1 << 20;

    private readonly Stream _stream;
    private readonly byte[] _buffer;

    /// <summary>The offset in the file of the first byte of the buffer.</summary>
    private long _bufferStart;
    private long _messageEnd = long.MaxValue;
    private int _position;
    private int _filled;

    /// <summary>Where in the buffer the message ends, or else what was read of it.</summary>
    private int _limit;

    private IBufferWriter<byte>? _copy;

    /// <summary>Where in the buffer what is to be copied begins.</summary>
    private int _copyFrom;

    public GobReader(Stream stream)
    {
        _stream = stream;
        _buffer = new byte[BufferBytes];
    }

    /// <summary>Reads what another reader has copied; it is a part of a message.</summary>
    /// <param name="offset">That of the copy's first byte in the file.</param>
    public GobReader(ArraySegment<byte> copy, long offset)
    {
        _stream = Stream.Null;
        _buffer = copy.Array!;
        _position = copy.Offset;
        _filled = copy.Offset + copy.Count;
        _bufferStart = offset - copy.Offset;
        Bound(offset + copy.Count);
    }

    public long Offset => _bufferStart + _position;

    /// <summary>Bytes of the message that are still to come, by the length that it claims.</summary>
    private long Remaining => _messageEnd - Offset;

    /// <summary>Reads the length of the next message, which bounds reads until <see cref="LeaveMessage"/>.</summary>
    public void EnterMessage()
    {
        ulong length = ReadUInt("the length of a message");
        if (length > (ulong)Remaining)
        {
            throw Unexpected($"the length of a message expected, not {length}");
        }
        Bound(Offset + (long)length);
    }

    public void LeaveMessage()
    {
        if (Remaining > 0)
        {
            throw Unexpected($"the end of the message expected, which claims {Remaining} bytes more");
        }
        Bound(long.MaxValue);
    }

    /// <summary>Any number of leading zeros is accepted, as by Go.</summary>
    public ulong ReadUInt(string expected)
    {
        byte first = ReadByte(expected);
        if (first < 0x80)
        {
            return first;
        }
        // The byte is the negated number of bytes that follow, the highest first.
        int count = 0x100 - first;
        if (count > sizeof(ulong))
        {
            throw Unexpected($"{expected} expected, not a number of {count} bytes");
        }
        ulong value = 0;
        for (; count > 0; count--)
        {
            value = value << 8 | ReadByte(expected);
        }
        return value;
    }

    /// <summary>The lowest bit tells whether the others are to be complemented.</summary>
    public long ReadInt(string expected)
    {
        ulong bits = ReadUInt(expected);
        return (long)(bits >> 1) ^ -(long)(bits & 1);
    }

    /// <summary>Moves on to the next field of a struct that has a value. False at the end of the struct.</summary>
    /// <param name="field">The number of the field before it, -1 at first; then the field's own.</param>
    public bool TryReadField(ref int field)
    {
        ulong delta = ReadUInt("a field, or the end of a struct");
        if (delta > MaxFieldDelta || field > (int)MaxFieldDelta)
        {
            throw Unexpected($"a field expected, not one {delta} after field {field}");
        }
        field += (int)delta;
        return delta > 0;
    }

    /// <summary>A string, or whatever else is sent as a length and bytes, in memory of its own.</summary>
    public byte[] ReadBytes(int maxBytes, string expected)
    {
        int length = ReadLength(maxBytes, expected);
        byte[] bytes = new byte[Math.Min(length, MaxUnseenBytes)];
        ReadInto(ref bytes, length, expected);
        return bytes;
    }

    /// <summary>The same in memory that is there already, at its start. Gives the length.</summary>
    /// <param name="memory">Is replaced where it is too small.</param>
    public int ReadBytes(ref byte[] memory, int maxBytes, string expected)
    {
        int length = ReadLength(maxBytes, expected);
        ReadInto(ref memory, length, expected);
        return length;
    }

    public void SkipBytes(string expected)
    {
        long left = ReadLength(expected);
        while (left > 0)
        {
            Require(expected);
            int skipped = (int)Math.Min(left, _limit - _position);
            _position += skipped;
            left -= skipped;
        }
    }

    /// <summary>From here on, what is read is written to the copy as well, until <see cref="EndCopy"/>.</summary>
    public void BeginCopy(IBufferWriter<byte> copy)
    {
        _copy = copy;
        _copyFrom = _position;
    }

    public void EndCopy()
    {
        Copy(_position);
        _copy = null;
    }

    /// <summary>The exception to throw where what was read is wrong.</summary>
    public GobFormatException Unexpected(string problem) => new(Offset, problem);

    private long ReadLength(string expected)
    {
        ulong length = ReadUInt(expected);
        return length <= (ulong)Remaining
            ? (long)length
            : throw Unexpected($"{expected} expected, not {length} bytes where the message has {Remaining} left");
    }

    private int ReadLength(int maxBytes, string expected)
    {
        long length = ReadLength(expected);
        return length <= maxBytes
            ? (int)length
            : throw Unexpected($"{expected} expected, not one of {length} bytes");
    }

    private void ReadInto(ref byte[] memory, int length, string expected)
    {
        for (int read = 0; read < length;)
        {
            if (read == memory.Length)
            {
                Array.Resize(ref memory, (int)Math.Min(length, Math.Max(2L * read, MaxUnseenBytes)));
            }
            int end = Math.Min(length, memory.Length);
            ReadInto(memory.AsSpan(read..end), expected);
            read = end;
        }
    }

    private void ReadInto(Span<byte> destination, string expected)
    {
        while (destination.Length > 0)
        {
            Require(expected);
            int copied = Math.Min(destination.Length, _limit - _position);
            _buffer.AsSpan(_position, copied).CopyTo(destination);
            _position += copied;
            destination = destination[copied..];
        }
    }

    private byte ReadByte(string expected)
    {
        Require(expected);
        return _buffer[_position++];
    }

    /// <summary>Sees to it that the buffer has at least one byte of the message.</summary>
    private void Require(string expected)
    {
        if (_position == _limit)
        {
            Fill(expected);
        }
    }

    private void Fill(string expected)
    {
        if (Remaining == 0)
        {
            ThrowEnded("the message", expected);
        }
        Copy(_filled);
        _copyFrom = 0;
        _bufferStart += _filled;
        _position = 0;
        _filled = 0;
        _limit = 0;
        _filled = _stream.Read(_buffer);
        if (_filled == 0)
        {
            ThrowEnded("the file", expected);
        }
        Bound(_messageEnd);
    }

    private void Copy(int end) => _copy?.Write(_buffer.AsSpan(_copyFrom..end));

    private void Bound(long messageEnd)
    {
        _messageEnd = messageEnd;
        _limit = (int)Math.Min(_filled, messageEnd - _bufferStart);
    }

    [DoesNotReturn]
    private void ThrowEnded(string whole, string expected) =>
        throw Unexpected($"{expected} expected, but {whole} ends");
}

/// <summary>
/// Bytes that are not what a persistence file has there. The message names the byte, counted from 0, and what was
/// expected; a failing disk is an <see cref="IOException"/> instead.
/// </summary>
public sealed class GobFormatException(long offset, string problem) : FormatException($"byte {offset}: {problem}")
{
    /// <summary>How many bytes of the file were read before those at fault.</summary>
    public long Offset { get; } = offset;
}
