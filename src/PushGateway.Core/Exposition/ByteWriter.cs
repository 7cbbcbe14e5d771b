using System.Buffers;
using System.Buffers.Text;

namespace PushGateway.Core.Exposition;

/// <summary>
/// Writes bytes to a buffer writer. They reach it with <see cref="Commit"/>; do not use it directly before that.
/// </summary>
internal ref struct ByteWriter(IBufferWriter<byte> output)
{
    private const int MinSpanBytes = 256;

    private Span<byte> _span;
    private int _used;

    public void Write(byte value)
    {
        if (_used >= _span.Length)
        {
            Grow();
        }
        _span[_used++] = value;
    }

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        while (!bytes.TryCopyTo(_span[_used..]))
        {
            int fits = _span.Length - _used;
            bytes[..fits].CopyTo(_span[_used..]);
            _used += fits;
            bytes = bytes[fits..];
            Grow();
        }
        _used += bytes.Length;
    }

    public void Write(Utf8String text) => Write(text.Span);

    /// <summary>Writes a sample value in Go's format, with 0 for -0.</summary>
    public void WriteNumber(double value)
    {
        Reserve(GoNumber.MaxLength);
        _used += GoNumber.Format(value == 0 ? 0 : value, _span[_used..]);
    }

    /// <summary>Like <see cref="WriteNumber"/>, but always with a fraction or an exponent, as OpenMetrics writes floats: 1.0 for 1.</summary>
    public void WriteFloat(double value)
    {
        int start = Reserve(GoNumber.MaxLength + ".0".Length);
        _used += GoNumber.Format(value == 0 ? 0 : value, _span[_used..]);
        if (GoNumber.IsWhole(_span[start.._used]))
        {
            Write(".0"u8);
        }
    }

    public void WriteCount(ulong value)
    {
        Reserve(GoNumber.MaxLength);
        Utf8Formatter.TryFormat(value, _span[_used..], out int length);
        _used += length;
    }

    public void Commit()
    {
        if (_used > 0)
        {
            output.Advance(_used);
        }
        _span = default;
        _used = 0;
    }

    /// <summary>Makes room for consecutive bytes, and returns it.</summary>
    private int Reserve(int bytes)
    {
        if (_span.Length - _used < bytes)
        {
            Grow();
        }
        return _used;
    }

    private void Grow()
    {
        Commit();
        _span = output.GetSpan(MinSpanBytes);
    }
}
