using System.Buffers;

namespace PushGateway.Http;

/// <summary>A growing run of bytes in memory that is given back when it is disposed of.</summary>
/// <remarks>It grows by what arrives, never by what a client says will.</remarks>
internal sealed class BodyBuffer : IDisposable
{
    private const int FirstBytes = 4 * 1024;

    /// <summary>Larger arrays are left to the garbage collector, lest one large push be kept for ever.</summary>
    private const int MaxPooledBytes = 1 << 20;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Appends what a stream holds, to its end.</summary>
    /// <exception cref="BadHttpRequestException">It is more than an array holds.</exception>
    public async ValueTask ReadAllAsync(Stream stream, CancellationToken cancellation)
    {
        int read;
        do
        {
            if (_length == _bytes.Length)
            {
                Grow();
            }
            read = await stream.ReadAsync(_bytes.AsMemory(_length), cancellation);
            _length += read;
        }
        while (read > 0);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.TryCopyTo(_bytes.AsSpan(_length)))
        {
            Grow();
        }
        _length += bytes.Length;
    }

    public void Truncate(int length) => _length = length;

    public void Dispose() => Release(_bytes);

    private void Grow()
    {
        if (_bytes.Length == Array.MaxLength)
        {
            throw new BadHttpRequestException("request body too large", StatusCodes.Status413PayloadTooLarge);
        }
        int size = (int)Math.Min(2L * _bytes.Length, Array.MaxLength);
        byte[] larger = size <= MaxPooledBytes
            ? ArrayPool<byte>.Shared.Rent(size)
            : GC.AllocateUninitializedArray<byte>(size);
        Written.Span.CopyTo(larger);
        Release(_bytes);
        _bytes = larger;
    }

    private static void Release(byte[] bytes)
    {
        if (bytes.Length <= MaxPooledBytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
