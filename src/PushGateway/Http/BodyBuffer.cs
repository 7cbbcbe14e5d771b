using System.Buffers;
using PushGateway.Core.Exposition;

namespace PushGateway.Http;

/// <summary>A request's body in memory that is given back when it is disposed of.</summary>
/// <remarks>It grows by what arrives, never by what a client says will.</remarks>
/// <param name="maxBytes">What it takes at most.</param>
internal sealed class BodyBuffer(long maxBytes = long.MaxValue) : IDisposable
{
    private readonly PooledBuffer _bytes = new();

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    private long Room => Math.Min(maxBytes, Array.MaxLength) - _bytes.WrittenCount;

    /// <summary>Appends what a stream holds, to its end. False if it is too much.</summary>
    public async ValueTask<bool> TryReadAllAsync(Stream stream, CancellationToken cancellation)
    {
        while (true)
        {
            // One byte more than there is room for shows that it is too much.
            Memory<byte> free = _bytes.WrittenCount < Array.MaxLength ? _bytes.GetMemory() : new byte[1];
            int read = await stream.ReadAsync(free[..(int)Math.Min(free.Length, Room + 1)], cancellation);
            if (read == 0 || read > Room)
            {
                return read == 0;
            }
            _bytes.Advance(read);
        }
    }

    /// <summary>False if it is too much.</summary>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Room)
        {
            return false;
        }
        _bytes.Write(bytes);
        return true;
    }

    public void Truncate(int length) => _bytes.Truncate(length);

    public void Dispose() => _bytes.Dispose();
}
