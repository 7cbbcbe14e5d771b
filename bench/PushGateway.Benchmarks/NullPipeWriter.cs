using System.IO.Pipelines;

namespace PushGateway.Benchmarks;

/// <summary>Discards everything, in blocks of Kestrel's size.</summary>
internal sealed class NullPipeWriter : PipeWriter
{
    private const int BlockBytes = 4096;

    private byte[] _block = new byte[BlockBytes];
    private int _used;

    public long Written { get; private set; }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    private long _unflushed;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_block.Length - _used < Math.Max(sizeHint, 1))
        {
            _used = 0;
            if (_block.Length < sizeHint)
            {
                _block = new byte[sizeHint];
            }
        }
        return _block.AsMemory(_used);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        _used += bytes;
        _unflushed += bytes;
        Written += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        _unflushed = 0;
        return default;
    }

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }
}
