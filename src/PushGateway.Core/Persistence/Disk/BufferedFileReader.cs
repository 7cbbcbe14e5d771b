namespace PushGateway.Core.Persistence.Disk;

/// <summary>The start of a file, read in large pieces.</summary>
/// <param name="limit">What lies behind is not read.</param>
internal sealed class BufferedFileReader(DurableFile file, long limit)
{
    private const int BufferBytes = 1 << 18;

    private readonly byte[] _buffer = new byte[(int)Math.Min(BufferBytes, Math.Max(0, limit))];
    private long _start;
    private int _length;

    public long Limit => limit;

    /// <summary>What there is from an offset on, without reading on for more; empty only at the limit.</summary>
    /// <remarks>Valid until the next call.</remarks>
    public ReadOnlySpan<byte> At(long offset) => At(offset, 1);

    /// <summary>Fills the destination; false if the file ends before.</summary>
    public bool TryCopy(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            ReadOnlySpan<byte> there = At(offset);
            if (there.IsEmpty)
            {
                return false;
            }
            int count = Math.Min(there.Length, destination.Length);
            there[..count].CopyTo(destination);
            destination = destination[count..];
            offset += count;
        }
        return true;
    }

    /// <summary>
    /// At least so many bytes from an offset on, if the file has them; few: no more than a buffer holds.
    /// </summary>
    public ReadOnlySpan<byte> At(long offset, int count)
    {
        count = (int)Math.Clamp(limit - offset, 0, count);
        if (offset < _start || offset + count > _start + _length)
        {
            Fill(offset);
        }
        int from = (int)Math.Min(offset - _start, _length);
        return _buffer.AsSpan(from, _length - from);
    }

    private void Fill(long offset)
    {
        _start = offset;
        _length = 0;
        int wanted = (int)Math.Min(_buffer.Length, limit - offset);
        while (_length < wanted)
        {
            int read = file.Read(_buffer.AsSpan(_length, wanted - _length), offset + _length);
            if (read == 0)
            {
                return;
            }
            _length += read;
        }
    }
}
