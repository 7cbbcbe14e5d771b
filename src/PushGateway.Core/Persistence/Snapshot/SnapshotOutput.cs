using System.IO.Hashing;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>A stream that writes a snapshot's content to a file, without buffering.</summary>
internal sealed class SnapshotOutput(DurableFile file) : GroupStream
{
    /// <summary>Small, since a damaged block loses all of its groups. Its checksum has 16 bytes.</summary>
    private const int MinBlockBytes = 512;

    private readonly List<GroupBlock> _blocks = [];
    private long _groupsStart;

    /// <summary>The groups since the last block.</summary>
    private int _groups;

    private long _length;

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position { get; set; }

    /// <summary>Writes the checksums, the keys and the trailer after the content. Returns the size of the file.</summary>
    public long Finish(CheckpointId coverage, IReadOnlyList<RememberedKey> keys)
    {
        // Read back, since the content may have been written out of order.
        var reader = new BufferedFileReader(file, _length);
        var total = new Crc32(Crc32ParameterSet.Crc32C);
        byte[] checksums = EncodeChecksums(reader, total);
        GroupChecksums.ChecksumOf(reader, _blocks.Count > 0 ? _blocks[^1].End : 0, _length, total);
        byte[] trailer = new SnapshotTrailer(coverage, _length, total.GetCurrentHashAsUInt32()).Encode();
        byte[] keyBlock = KeyBlock.Encode(keys);
        file.Write([checksums, keyBlock, trailer], _length);
        return _length + checksums.Length + keyBlock.Length + trailer.Length;
    }

    public override void BeginGroups(long offset) => _groupsStart = offset;

    public override void EndGroup(long offset)
    {
        _groups++;
        if (offset - (_blocks.Count > 0 ? _blocks[^1].End : _groupsStart) >= MinBlockBytes)
        {
            EndBlock(offset);
        }
    }

    /// <summary>Empty if the content has no groups.</summary>
    /// <param name="total">Also receives the bytes of the blocks and those before them.</param>
    private byte[] EncodeChecksums(BufferedFileReader reader, Crc32 total)
    {
        if (_groups > 0)
        {
            EndBlock(_length);
        }
        if (_blocks.Count == 0)
        {
            return [];
        }
        GroupChecksums.ChecksumOf(reader, 0, _groupsStart, total);
        long start = _groupsStart;
        for (int i = 0; i < _blocks.Count; i++)
        {
            _blocks[i] = _blocks[i] with { Crc = GroupChecksums.ChecksumOf(reader, start, _blocks[i].End, total) };
            start = _blocks[i].End;
        }
        return new GroupChecksums(_groupsStart, _blocks).Encode();
    }

    private void EndBlock(long offset)
    {
        _blocks.Add(new GroupBlock(offset, _groups, Crc: 0));
        _groups = 0;
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
