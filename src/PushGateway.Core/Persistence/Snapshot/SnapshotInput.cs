using System.IO.Hashing;
using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>A stream of a snapshot's content: the persistence file without the trailer. Owns the file.</summary>
internal sealed class SnapshotInput(DurableFile file, long length) : Stream
{
    private readonly Crc32 _crc = new(Crc32ParameterSet.Crc32C);
    private long _position;

    /// <summary>The CRC-32C of the content; null before the end.</summary>
    public uint? Checksum => _position == length ? _crc.GetCurrentHashAsUInt32() : null;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, length - _position);
        int read = wanted > 0 ? file.Read(buffer[..wanted], _position) : 0;
        _position += read;
        _crc.Append(buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }
        base.Dispose(disposing);
    }
}
