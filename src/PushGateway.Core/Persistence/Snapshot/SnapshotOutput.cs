using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Recovery;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>A stream that writes a snapshot's content to a file, without buffering.</summary>
internal sealed class SnapshotOutput(DurableFile file) : Stream
{
    private long _length;

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position { get; set; }

    /// <summary>Writes the trailer after the content.</summary>
    public void Finish(CheckpointId coverage)
    {
        // Read back, since the content may have been written out of order.
        uint crc = SnapshotInfo.Checksum(file, _length);
        file.Write([new SnapshotTrailer(coverage, _length, crc).Encode()], _length);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        file.Write([buffer.AsMemory(offset, count)], Position);
        Position += count;
        _length = Math.Max(_length, Position);
    }

    public override void Flush()
    {
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
