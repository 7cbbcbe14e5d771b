namespace PushGateway.Core.Persistence;

/// <summary>
/// The stream that a snapshot's content is written to. Gathers small writes, and checksums what goes by.
/// </summary>
internal sealed class SnapshotOutput(DurableFile file) : Stream
{
    private const int BufferBytes = 1 << 18;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _used;
    private long _written;
    private uint _crc;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _written + _used;

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    /// <summary>Writes out the rest, and the trailer behind it.</summary>
    public void Finish(SnapshotCoverage coverage)
    {
        Flush();
        file.Write([new SnapshotTrailer(coverage, _written, _crc).Encode()], _written);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_used == _buffer.Length)
            {
                Flush();
            }
            int count = Math.Min(buffer.Length, _buffer.Length - _used);
            buffer[..count].CopyTo(_buffer.AsSpan(_used));
            _used += count;
            buffer = buffer[count..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        if (_used > 0)
        {
            _crc = Crc32C.Append(_crc, _buffer.AsSpan(0, _used));
            file.Write([_buffer.AsMemory(0, _used)], _written);
            _written += _used;
            _used = 0;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
