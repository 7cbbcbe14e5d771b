using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Gob;

namespace PushGateway.Core.Persistence.Snapshot;

/// <summary>
/// A stream of the intact groups of a damaged persistence file, after a new header. Owns the file.
/// </summary>
internal sealed class SalvagedInput : ForwardStream
{
    private readonly DurableFile _file;
    private readonly byte[] _header;

    /// <summary>The blocks to read, each with its start.</summary>
    private readonly List<(long Start, GroupBlock Block)> _blocks;

    private int _block;
    private long _inBlock;

    public SalvagedInput(DurableFile file, List<(long Start, GroupBlock Block)> blocks)
        : base(file)
    {
        _file = file;
        _blocks = blocks;
        long bytes = blocks.Sum(block => block.Block.End - block.Start);
        _header = GobSnapshotWriter.EncodeHeader((ulong)blocks.Sum(block => (long)block.Block.Groups), bytes);
        Length = _header.Length + bytes;
    }

    public override long Length { get; }

    protected override int ReadNext(Span<byte> buffer) =>
        Position < _header.Length ? ReadHeader(buffer) : ReadBlock(buffer);

    private int ReadHeader(Span<byte> buffer)
    {
        ReadOnlySpan<byte> rest = _header.AsSpan((int)Position);
        rest = rest[..Math.Min(rest.Length, buffer.Length)];
        rest.CopyTo(buffer);
        return rest.Length;
    }

    private int ReadBlock(Span<byte> buffer)
    {
        if (_block == _blocks.Count)
        {
            return 0;
        }
        (long start, GroupBlock block) = _blocks[_block];
        int wanted = (int)Math.Min(buffer.Length, block.End - start - _inBlock);
        int read = _file.Read(buffer[..wanted], start + _inBlock);
        _inBlock += read;
        if (start + _inBlock == block.End)
        {
            _block++;
            _inBlock = 0;
        }
        return read;
    }
}
