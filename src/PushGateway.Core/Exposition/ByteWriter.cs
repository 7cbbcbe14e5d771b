using System.Buffers;

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
        if (_span.Length - _used < GoNumber.MaxLength)
        {
            Grow();
        }
        _used += GoNumber.Format(value == 0 ? 0 : value, _span[_used..]);
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

    private void Grow()
    {
        Commit();
        _span = output.GetSpan(MinSpanBytes);
    }
}
