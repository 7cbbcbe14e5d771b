namespace PushGateway.Core.Persistence.Disk;

/// <summary>Random access to the first bytes of a file through one buffer.</summary>
/// <param name="limit">How many bytes of the file to read at most.</param>
internal sealed class BufferedFileReader(DurableFile file, long limit)
{
    private const int BufferBytes = 1 << 18;

    private readonly byte[] _buffer = new byte[(int)Math.Min(BufferBytes, Math.Max(0, limit))];
    private long _start;
    private int _length;

    public long Limit => limit;

    /// <summary>The buffered bytes from an offset on; empty only at the limit. Valid until the next call.</summary>
    public ReadOnlySpan<byte> ReadAt(long offset) => ReadAt(offset, 1);

    /// <summary>Fills the destination; false if the file is too short.</summary>
    public bool TryCopy(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            ReadOnlySpan<byte> chunk = ReadAt(offset);
            if (chunk.IsEmpty)
            {
                return false;
            }
            int count = Math.Min(chunk.Length, destination.Length);
            chunk[..count].CopyTo(destination);
            destination = destination[count..];
            offset += count;
        }
        return true;
    }

    /// <summary>At least <paramref name="count"/> bytes from an offset on, or fewer at the limit.</summary>
    /// <param name="count">At most the size of the buffer.</param>
    public ReadOnlySpan<byte> ReadAt(long offset, int count)
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
