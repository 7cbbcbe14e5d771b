using System.Buffers.Binary;

namespace PushGateway.Core.Parsing;

/// <summary>
/// Reads protobuf's wire format: tags, numbers and length-delimited fields, but no particular messages. After the first
/// error, all reads return defaults, so that callers check <see cref="Error"/> only once.
/// </summary>
internal ref struct ProtoReader
{
    private const int MaxGroupDepth = 100;
    private const string UnexpectedEnd = "unexpected EOF";

    private readonly ReadOnlyMemory<byte> _body;
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;
    private bool _isTruncated;

    /// <summary>The end of the current message; after an error, the current position.</summary>
    private int _end;

    public ProtoReader(ReadOnlyMemory<byte> body)
    {
        _body = body;
        _bytes = body.Span;
        _end = body.Length;
    }

    public PushError? Error { get; private set; }

    /// <summary>The bytes left of the current message.</summary>
    public readonly int Remaining => _end - _position;

    public readonly bool AtEnd => _position == _end;

    /// <summary>Reads the number and wire type of the next field; false at the end of the message.</summary>
    public bool TryReadTag(out uint tag)
    {
        tag = 0;
        if (AtEnd)
        {
            return false;
        }
        ulong read = ReadVarint();
        if (read is < 1 << 3 or > uint.MaxValue)
        {
            Fail("bad field number");
            return false;
        }
        tag = (uint)read;
        return true;
    }

    /// <summary>Enters a nested message. Returns the argument for <see cref="Leave"/>.</summary>
    public int Enter()
    {
        int length = ReadLength();
        int outer = _end;
        _end = _position + length;
        return outer;
    }

    /// <summary>Enters a top-level message. Upstream: reports a truncated one with another message.</summary>
    public int EnterDelimited()
    {
        int outer = Enter();
        Error = _isTruncated ? new PushError(UnexpectedEnd) : Error;
        return outer;
    }

    /// <summary>Returns to the enclosing message at the end of the nested one.</summary>
    public void Leave(int outer) => _end = Error is null ? outer : _position;

    public ulong ReadVarint() =>
        _position < _end && _bytes[_position] < 0x80 ? _bytes[_position++] : ReadLongVarint();

    public long ReadZigZag()
    {
        ulong value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>Reads a sint32: the lower 32 bits of the varint.</summary>
    public int ReadZigZag32()
    {
        uint value = (uint)ReadVarint();
        return (int)(value >> 1) ^ -(int)(value & 1);
    }

    public double ReadDouble()
    {
        if (_end - _position < sizeof(double))
        {
            FailAtEnd();
            return 0;
        }
        double value = BinaryPrimitives.ReadDoubleLittleEndian(_bytes[_position..]);
        _position += sizeof(double);
        return value;
    }

    /// <summary>Reads an unvalidated view of the body.</summary>
    public Utf8String ReadString()
    {
        int length = ReadLength();
        var text = new Utf8String(_body.Slice(_position, length));
        _position += length;
        return text;
    }

    /// <summary>Skips the field of the tag just read.</summary>
    public void Skip(uint tag) => Skip(tag, depth: 0);

    /// <summary>Stops reading with an error.</summary>
    public void Reject(string message) => Reject(new PushError(message));

    /// <inheritdoc cref="Reject(string)"/>
    public void Reject(PushError error)
    {
        Error ??= error;
        _end = _position;
    }

    private void Skip(uint tag, int depth)
    {
        switch (tag & 7)
        {
            case 0:
                ReadVarint();
                break;
            case 1:
                Advance(sizeof(ulong));
                break;
            case 2:
                Advance(ReadLength());
                break;
            case 3:
                SkipGroup(tag, depth);
                break;
            case 5:
                Advance(sizeof(uint));
                break;
            default:
                Fail($"unexpected wire type {tag & 7}");
                break;
        }
    }

    private void SkipGroup(uint startTag, int depth)
    {
        if (depth == MaxGroupDepth)
        {
            Fail("groups nested too deep");
            return;
        }
        uint endTag = startTag + 1;
        while (TryReadTag(out uint tag))
        {
            if (tag == endTag)
            {
                return;
            }
            Skip(tag, depth + 1);
        }
        FailAtEnd();
    }

    private void Advance(int count)
    {
        if (_end - _position < count)
        {
            FailAtEnd();
            return;
        }
        _position += count;
    }

    /// <summary>Reads a length, and checks that the data is complete.</summary>
    private int ReadLength()
    {
        ulong length = ReadVarint();
        if (length > (ulong)(_end - _position))
        {
            FailAtEnd();
            return 0;
        }
        return (int)length;
    }

    private ulong ReadLongVarint()
    {
        ulong value = 0UL;
        for (int shift = 0; _position < _end; shift += 7)
        {
            ulong bits = _bytes[_position++];
            if (shift == 63 && bits > 1)
            {
                Fail("variable length integer overflow");
                return 0;
            }
            value |= (bits & 0x7F) << shift;
            if (bits < 0x80)
            {
                return value;
            }
        }
        FailAtEnd();
        return 0;
    }

    private void FailAtEnd()
    {
        _isTruncated = Error is null;
        Fail(UnexpectedEnd);
    }

    private void Fail(string reason) =>
        Reject($"proto: cannot parse invalid wire-format data: {reason} at byte {_position}");
}
