using System.IO.Hashing;
using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>A stream of a snapshot's content: the persistence file without the trailer. Owns the file.</summary>
internal sealed class SnapshotInput(DurableFile file, long length) : ForwardStream(file)
{
    private readonly DurableFile _file = file;
    private readonly Crc32 _crc = new(Crc32ParameterSet.Crc32C);

    /// <summary>The CRC-32C of the content; null before the end.</summary>
    public uint? Checksum => Position == length ? _crc.GetCurrentHashAsUInt32() : null;

    public override long Length => length;

    protected override int ReadNext(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, length - Position);
        int read = wanted > 0 ? _file.Read(buffer[..wanted], Position) : 0;
        _crc.Append(buffer[..read]);
        return read;
    }
}
