namespace PushGateway.Core.Persistence;

/// <summary>The records that came while the batch before was on its way to the disk.</summary>
internal sealed class JournalBatch : JournalStep
{
    private readonly List<EncodedRecord> _records = [];
    private readonly List<ReadOnlyMemory<byte>> _buffers = [];
    private long _bytes;

    public override long Bytes => _bytes;

    public void Add(EncodedRecord record)
    {
        record.TakeOver();
        _records.Add(record);
        _buffers.Add(record.Bytes);
        _bytes += record.Length;
    }

    public override void Run(SegmentWriter files) => files.Append(_buffers, _bytes);

    public override void Complete()
    {
        Release();
        base.Complete();
    }

    public override void Fail(JournalFailedException failure)
    {
        Release();
        base.Fail(failure);
    }

    private void Release() => _records.ForEach(record => record.Release());
}
