using System.Buffers.Binary;
using System.Numerics;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>
/// Writes the primitives of gob at the position of a stream, but no particular types. Buffers until <see cref="Flush"/>.
/// </summary>
internal sealed class GobWriter(Stream stream)
{
    private const int BufferBytes = 1 << 16;
    private const int MaxNumberBytes = 1 + sizeof(ulong);

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly long _start = stream.CanSeek ? stream.Position : 0;
    private long _flushed;
    private int _length;

    /// <summary>The number of written bytes, buffered ones included.</summary>
    public long Written => _flushed + _length;

    public void WriteUInt(ulong value)
    {
        Span<byte> destination = Reserve(MaxNumberBytes);
        if (value < 0x80)
        {
            destination[0] = (byte)value;
            _length++;
            return;
        }
        int count = sizeof(ulong) - BitOperations.LeadingZeroCount(value) / 8;
        destination[0] = (byte)-count;
        BinaryPrimitives.WriteUInt64BigEndian(destination[1..], value << (8 * (sizeof(ulong) - count)));
        _length += 1 + count;
    }

    public void WriteInt(long value) => WriteUInt((ulong)value << 1 ^ (ulong)(value >> 63));

    /// <summary>Writes a string or other byte string.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteUInt((uint)bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>Writes part of a byte string after its length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BufferBytes)
        {
            Flush();
            stream.Write(bytes);
            _flushed += bytes.Length;
            return;
        }
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Begins the field <paramref name="delta"/> after the previous one; the first field is 1.</summary>
    public void WriteField(int delta) => WriteUInt((uint)delta);

    public void WriteEndOfStruct() => WriteUInt(0);

    /// <summary>Reserves space for a number, 0 until <see cref="Patch"/>. Returns its position.</summary>
    public long ReserveUInt()
    {
        long position = Written;
        WriteWide(Reserve(MaxNumberBytes), 0);
        _length += MaxNumberBytes;
        return position;
    }

    /// <summary>Flushes, then writes a reserved number. Requires a seekable stream.</summary>
    public void Patch(long position, ulong value)
    {
        Flush();
        Span<byte> number = stackalloc byte[MaxNumberBytes];
        WriteWide(number, value);
        stream.Position = _start + position;
        stream.Write(number);
        stream.Position = _start + _flushed;
    }

    public void Flush()
    {
        stream.Write(_buffer, 0, _length);
        _flushed += _length;
        _length = 0;
    }

    /// <summary>Writes a number in a fixed width with leading zeros, which Go accepts.</summary>
    private static void WriteWide(Span<byte> destination, ulong value)
    {
        destination[0] = unchecked((byte)-sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(destination[1..], value);
    }

    private Span<byte> Reserve(int count)
    {
        if (BufferBytes - _length < count)
        {
            Flush();
        }
        return _buffer.AsSpan(_length);
    }
}
