using System.Buffers;
using PushGateway.Core.Exposition;

namespace PushGateway.Http;

/// <summary>A request's body in memory that is given back when it is disposed of.</summary>
/// <remarks>It grows by what arrives, never by what a client says will.</remarks>
internal sealed class BodyBuffer : IDisposable
{
    private readonly PooledBuffer _bytes = new();

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    /// <summary>Appends what a stream holds, to its end.</summary>
    /// <exception cref="BadHttpRequestException">It is more than an array holds.</exception>
    public async ValueTask ReadAllAsync(Stream stream, CancellationToken cancellation)
    {
        int read;
        do
        {
            EnsureRoom(1);
            read = await stream.ReadAsync(_bytes.GetMemory(), cancellation);
            _bytes.Advance(read);
        }
        while (read > 0);
    }

    /// <inheritdoc cref="ReadAllAsync"/>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        EnsureRoom(bytes.Length);
        _bytes.Write(bytes);
    }

    public void Truncate(int length) => _bytes.Truncate(length);

    public void Dispose() => _bytes.Dispose();

    private void EnsureRoom(int bytes)
    {
        if (bytes > Array.MaxLength - _bytes.WrittenCount)
        {
            throw new BadHttpRequestException("request body too large", StatusCodes.Status413PayloadTooLarge);
        }
    }
}
