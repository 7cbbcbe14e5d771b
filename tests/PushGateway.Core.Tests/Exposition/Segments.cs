using System.Buffers;

namespace PushGateway.Core.Tests.Exposition;

/// <summary>A buffer writer that never returns more than requested, each time from another array.</summary>
internal sealed class Segments : IBufferWriter<byte>
{
    private readonly List<byte> _written = [];
    private byte[] _given = [];

    public byte[] Written => [.. _written];

    public int Count { get; private set; }

    public void Advance(int count)
    {
        _written.AddRange(_given.AsSpan(0, count));
        _given = [];
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Count++;
        return _given = new byte[Math.Max(1, sizeHint)];
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
