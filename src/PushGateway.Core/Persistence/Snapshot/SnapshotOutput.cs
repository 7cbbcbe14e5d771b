using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Recovery;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>
/// The stream that a snapshot's content is written to. Gathers small writes. It can go back to fill in what was not known
/// before, so that the checksum is taken of the file as it is in the end.
/// </summary>
internal sealed class SnapshotOutput(DurableFile file) : Stream
{
    private const int BufferBytes = 1 << 18;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _used;
    private long _start;
    private long _length;

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => Math.Max(_length, Position);

    public override long Position
    {
        get => _start + _used;
        set
        {
            Flush();
            _start = value;
        }
    }

    /// <summary>Writes out the rest, and the trailer behind it.</summary>
    public void Finish(CheckpointId coverage)
    {
        Flush();
        uint crc = SnapshotInfo.Checksum(file, _length);
        file.Write([new SnapshotTrailer(coverage, _length, crc).Encode()], _length);
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
            file.Write([_buffer.AsMemory(0, _used)], _start);
            _start += _used;
            _used = 0;
            _length = Math.Max(_length, _start);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void SetLength(long value) => throw new NotSupportedException();
}
