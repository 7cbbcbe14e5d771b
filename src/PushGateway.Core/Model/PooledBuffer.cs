using System.Buffers;

namespace PushGateway.Core.Model;

/// <summary>A growing buffer in a pooled array.</summary>
/// <remarks>
/// A push of 100,000 series has 8 MB and renders to 13 MB. Without pooling, allocating and clearing new pages took a
/// sixth of its time.
/// </remarks>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int FirstBytes = 4 * 1024;

    /// <summary>Arrays beyond the pool grow by this fraction: they are garbage afterwards.</summary>
    private const int LargeGrowthDivisor = 4;

    private byte[] _bytes;

    /// <param name="firstBytes">The initial capacity.</param>
    public PooledBuffer(int firstBytes = FirstBytes) => _bytes = Rent(firstBytes);

    public int WrittenCount { get; private set; }

    /// <summary>Valid until the next write or <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, WrittenCount);

    /// <inheritdoc cref="WrittenMemory"/>
    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, WrittenCount);

    /// <summary>
    /// Gives away the array if it is not pooled and hardly longer than what was written; otherwise a copy.
    /// </summary>
    /// <param name="slackDivisor">The array may be longer by this fraction.</param>
    public byte[] Detach(int slackDivisor)
    {
        if (_bytes.Length <= LargeArrays.MaxBytes || _bytes.Length - WrittenCount > WrittenCount / slackDivisor)
        {
            return WrittenSpan.ToArray();
        }
        byte[] detached = _bytes;
        _bytes = [];
        WrittenCount = 0;
        return detached;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - WrittenCount);
        WrittenCount += count;
    }

    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, WrittenCount);
        WrittenCount = count;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <exception cref="ArgumentOutOfRangeException">The result would exceed the maximum array length.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int free = Math.Max(sizeHint, 1);
        if (free > _bytes.Length - WrittenCount)
        {
            Grow((long)WrittenCount + free);
        }
        return _bytes.AsMemory(WrittenCount);
    }

    public void Dispose()
    {
        Release(_bytes);
        _bytes = [];
        WrittenCount = 0;
    }

    private void Grow(long needed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(needed, Array.MaxLength);
        long grown = _bytes.Length + (_bytes.Length < LargeArrays.MaxBytes ? _bytes.Length : _bytes.Length / LargeGrowthDivisor);
        int size = (int)Math.Clamp(grown, needed, Array.MaxLength);
        byte[] larger = Rent(size);
        WrittenSpan.CopyTo(larger);
        Release(_bytes);
        _bytes = larger;
    }

    private static byte[] Rent(int size) =>
        size < LargeArrays.MinBytes ? ArrayPool<byte>.Shared.Rent(size)
        : size <= LargeArrays.MaxBytes ? LargeArrays.Rent(size)
        : GC.AllocateUninitializedArray<byte>(size);

    private static void Release(byte[] bytes)
    {
        if (bytes.Length is > 0 and < LargeArrays.MinBytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
        else if (bytes.Length is >= LargeArrays.MinBytes and <= LargeArrays.MaxBytes)
        {
            LargeArrays.Return(bytes);
        }
    }
}
