using System.Buffers;
using System.Buffers.Binary;
using PushGateway.Core.Model;

namespace PushGateway.Core.Exposition;

/// <summary>Writes protobuf's wire format into memory of its own. Knows no message. A null is not written.</summary>
internal ref struct ProtoWriter
{
    private const int MaxVarintBytes = 10;

    private byte[] _buffer;
    private int _length;

    public ProtoWriter()
        : this(new byte[256])
    {
    }

    /// <param name="buffer">What to write into until it is too small: see <see cref="Buffer"/>.</param>
    public ProtoWriter(byte[] buffer) => _buffer = buffer;

    /// <summary>The memory that it uses, for another writer when this one is not needed any more.</summary>
    public readonly byte[] Buffer => _buffer;

    /// <summary>What was written; the next write may change it.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Begins anew, in the same memory.</summary>
    public void Clear() => _length = 0;

    /// <summary>What is encoded already.</summary>
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

    /// <summary>A signed number of a field that is not zigzag-encoded: negative ones take ten bytes.</summary>
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

    /// <summary>Opens a message: what is written until <see cref="End"/> is in it. Gives what End takes.</summary>
    public int Begin(uint tag)
    {
        WriteVarint(tag);
        Reserve(1);
        return _length++;
    }

    /// <summary>
    /// Puts the length before the message. One byte was kept for it, which most messages need; the others move.
    /// </summary>
    public void End(int start)
    {
        int length = _length - start - 1;
        int prefix = VarintBytes((uint)length);
        if (prefix > 1)
        {
            Reserve(prefix - 1);
            _buffer.AsSpan(start + 1, length).CopyTo(_buffer.AsSpan(start + prefix));
        }

        _length = start;
        WriteVarint((uint)length);
        _length += length;
    }

    /// <summary>A length before a message, as the delimited form has it.</summary>
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

    private static int VarintBytes(uint value)
    {
        int bytes = 1;
        while (value >= 0x80)
        {
            value >>= 7;
            bytes++;
        }

        return bytes;
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
