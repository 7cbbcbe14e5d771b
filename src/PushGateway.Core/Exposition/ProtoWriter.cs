using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace PushGateway.Core.Exposition;

/// <summary>Writes protobuf's wire format into a growing array. Knows no messages. Omits null values.</summary>
internal ref struct ProtoWriter
{
    private const int MaxVarintBytes = 10;

    private byte[] _buffer;
    private int _length;

    public ProtoWriter()
        : this(new byte[256])
    {
    }

    /// <param name="buffer">The initial memory.</param>
    public ProtoWriter(byte[] buffer) => _buffer = buffer;

    /// <summary>The current memory, for reuse by another writer.</summary>
    public readonly byte[] Buffer => _buffer;

    /// <summary>The output so far. Valid until the next write.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Discards the output, and reuses the memory.</summary>
    public void Clear() => _length = 0;

    /// <summary>Writes encoded bytes.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    public void Varint(uint tag, ulong? value)
    {
        if (value is { } number)
        {
            WriteVarint(tag);
            WriteVarint(number);
        }
    }

    /// <summary>Writes a signed number without zigzag encoding.</summary>
    public void Signed(uint tag, long? value) => Varint(tag, (ulong?)value);

    public void ZigZag(uint tag, long? value) =>
        Varint(tag, value is { } number ? (ulong)((number << 1) ^ (number >> 63)) : null);

    public void Double(uint tag, double? value)
    {
        if (value is { } number)
        {
            WriteVarint(tag);
            BinaryPrimitives.WriteDoubleLittleEndian(Reserve(sizeof(double)), number);
            _length += sizeof(double);
        }
    }

    public void String(uint tag, Utf8String? value)
    {
        if (value is { } text)
        {
            Bytes(tag, text.Span);
        }
    }

    public void Bytes(uint tag, scoped ReadOnlySpan<byte> bytes)
    {
        WriteVarint(tag);
        WriteVarint((uint)bytes.Length);
        Raw(bytes);
    }

    /// <summary>Begins a nested message. Returns the argument for <see cref="End"/>.</summary>
    public int Begin(uint tag)
    {
        WriteVarint(tag);
        Reserve(1);
        return _length++;
    }

    /// <summary>Ends a nested message, and writes its length before it.</summary>
    public void End(int start)
    {
        // One byte is reserved for the length, as most messages need. Longer messages move.
        int length = _length - start - 1;
        int prefix = (BitOperations.Log2((uint)length) / 7) + 1;
        if (prefix > 1)
        {
            Reserve(prefix - 1);
            _buffer.AsSpan(start + 1, length).CopyTo(_buffer.AsSpan(start + prefix));
        }
        _length = start;
        WriteVarint((uint)length);
        _length += length;
    }

    /// <summary>Writes the length before a message of the delimited form.</summary>
    public static void WriteLength(IBufferWriter<byte> output, int length)
    {
        Span<byte> destination = output.GetSpan(MaxVarintBytes);
        output.Advance(Varint(destination, (uint)length));
    }

    private void WriteVarint(ulong value)
    {
        Reserve(MaxVarintBytes);
        _length += Varint(_buffer.AsSpan(_length), value);
    }

    private static int Varint(Span<byte> destination, ulong value)
    {
        int written = 0;
        while (value >= 0x80)
        {
            destination[written++] = (byte)(value | 0x80);
            value >>= 7;
        }
        destination[written++] = (byte)value;
        return written;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }
        return _buffer.AsSpan(_length);
    }
}
