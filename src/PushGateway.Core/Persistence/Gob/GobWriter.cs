using System.Buffers.Binary;
using System.Numerics;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>
/// Writes gob's primitives to a stream, from where the stream is. Knows no type. Holds one buffer; what is in it
/// reaches the stream with <see cref="Flush"/>.
/// </summary>
internal sealed class GobWriter(Stream stream)
{
    private const int BufferBytes = 1 << 16;
    private const int MaxNumberBytes = 1 + sizeof(ulong);

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly long _start = stream.CanSeek ? stream.Position : 0;
    private long _flushed;
    private int _length;

    /// <summary>How many bytes were written.</summary>
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

    /// <summary>A string, or whatever else is sent as a length and bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteUInt((uint)bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>Bytes of a byte string whose length has been written.</summary>
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

    /// <summary>The field that is <paramref name="delta"/> further than the one before; the first is 1.</summary>
    public void WriteField(int delta) => WriteUInt((uint)delta);

    public void WriteEndOfStruct() => WriteUInt(0);

    /// <summary>
    /// Keeps room for a number that is not known yet, and gives what <see cref="Patch"/> takes to fill it in. It is 0
    /// until then.
    /// </summary>
    public long ReserveUInt()
    {
        long place = Written;
        WriteWide(Reserve(MaxNumberBytes), 0);
        _length += MaxNumberBytes;
        return place;
    }

    /// <summary>Flushes, and needs a stream that can seek.</summary>
    public void Patch(long place, ulong value)
    {
        Flush();
        Span<byte> number = stackalloc byte[MaxNumberBytes];
        WriteWide(number, value);
        stream.Position = _start + place;
        stream.Write(number);
        stream.Position = _start + _flushed;
    }

    public void Flush()
    {
        stream.Write(_buffer, 0, _length);
        _flushed += _length;
        _length = 0;
    }

    /// <summary>In as many bytes for all numbers. Go writes no leading zeros, and accepts them.</summary>
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
