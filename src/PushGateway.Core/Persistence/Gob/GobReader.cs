using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using PushGateway.Core.Exposition;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>
/// Reads the primitives and messages of gob from a stream, through one buffer, but no particular types. A claimed length
/// allocates little memory before the data arrives. Source: the documentation of Go's encoding/gob.
/// </summary>
/// <remarks>
/// The <c>expected</c> parameters name the value for error messages. The buffer reads ahead of the stream's position.
/// </remarks>
internal sealed class GobReader
{
    /// <summary>Well below the maximum length of a .NET string.</summary>
    public const int MaxTextBytes = 1 << 28;

    private const int BufferBytes = 1 << 16;

    /// <summary>The memory to allocate for a claimed length before the data arrives.</summary>
    private const int MaxUnseenBytes = 1 << 20;

    /// <summary>More fields than any struct has, and small enough to add without overflow.</summary>
    private const ulong MaxFieldDelta = 1 << 20;

    private readonly Stream _stream;
    private readonly byte[] _buffer;

    /// <summary>The offset in the file of the first byte of the buffer.</summary>
    private long _bufferStart;
    private long _messageEnd = long.MaxValue;
    private int _position;
    private int _filled;

    /// <summary>The end of the message or of the data in the buffer.</summary>
    private int _limit;

    private IBufferWriter<byte>? _copy;

    /// <summary>The position in the buffer of the first byte to copy.</summary>
    private int _copyFrom;

    public GobReader(Stream stream)
    {
        _stream = stream;
        _buffer = new byte[BufferBytes];
    }

    /// <summary>Reads part of a message that another reader copied.</summary>
    /// <param name="offset">The offset of the copy in the file.</param>
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

    /// <summary>The rest of the message by its claimed length.</summary>
    private long Remaining => _messageEnd - Offset;

    /// <summary>Enters the next message, which bounds all reads until <see cref="LeaveMessage"/>.</summary>
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

    /// <summary>Accepts leading zeros, as Go does.</summary>
    public ulong ReadUInt(string expected)
    {
        byte first = ReadByte(expected);
        if (first < 0x80)
        {
            return first;
        }
        // The byte is the negated count of the big-endian bytes that follow.
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

    /// <summary>Decodes a number at the start of a buffer; false if the buffer is too short or has none.</summary>
    public static bool TryDecodeUInt(ReadOnlySpan<byte> buffer, out ulong value, out int bytes)
    {
        (value, bytes) = (0, 1);
        if (buffer.IsEmpty)
        {
            return false;
        }
        if (buffer[0] < 0x80)
        {
            value = buffer[0];
            return true;
        }
        bytes += 0x100 - buffer[0];
        if (bytes > 1 + sizeof(ulong) || bytes > buffer.Length)
        {
            return false;
        }
        foreach (byte next in buffer[1..bytes])
        {
            value = value << 8 | next;
        }
        return true;
    }

    public long ReadInt(string expected)
    {
        // The lowest bit complements the others.
        ulong bits = ReadUInt(expected);
        return (long)(bits >> 1) ^ -(long)(bits & 1);
    }

    /// <summary>Moves to the next field of a struct that has a value; false at the end of the struct.</summary>
    /// <param name="field">The number of the previous field, initially -1. Receives the number of the next.</param>
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

    /// <summary>Reads a string or other byte string into its own memory.</summary>
    public byte[] ReadBytes(int maxBytes, string expected)
    {
        int length = ReadLength(maxBytes, expected);
        byte[] bytes = new byte[Math.Min(length, MaxUnseenBytes)];
        ReadInto(ref bytes, length, expected);
        return bytes;
    }

    /// <summary>Reads a byte string into existing memory, and returns its length.</summary>
    /// <param name="memory">Replaced if it is too small.</param>
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

    /// <summary>Copies everything that is read until <see cref="EndCopy"/>.</summary>
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

    /// <summary>Creates the exception for invalid data at the current offset.</summary>
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

    /// <summary>Ensures that the buffer has at least one byte of the message.</summary>
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
/// Invalid data in a persistence file. The message names the offset and the expected value. A disk failure is an
/// <see cref="IOException"/> instead.
/// </summary>
public sealed class GobFormatException(long offset, string problem) : FormatException($"byte {offset}: {problem}")
{
    /// <summary>The offset of the invalid data in the file.</summary>
    public long Offset { get; } = offset;
}
