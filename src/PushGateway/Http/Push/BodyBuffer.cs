namespace PushGateway.Http.Push;

/// <summary>A request body in pooled memory, which <see cref="Dispose"/> returns.</summary>
/// <remarks>
/// Grows with the bytes that arrive, not with the length that a client announces, in chunks that are joined at the end. Doubling
/// an array instead left 224 MB of garbage for each gzip bomb that was rejected at 64 MiB.
/// </remarks>
/// <param name="maxBytes">The maximum length.</param>
/// <param name="arriving">Counts the memory of a body after its first chunk; null for a body that does not wait for a client.</param>
internal sealed class BodyBuffer(long maxBytes = long.MaxValue, ArrivingBodies? arriving = null) : IDisposable
{
    private const int PieceBytes = 1 << 20;

    private PooledBuffer _last = new();

    /// <summary>The chunks before the last one; null for a body of one chunk, which most are.</summary>
    private List<PooledBuffer>? _full;

    /// <summary>The bytes of this body that <c>arriving</c> counts.</summary>
    private long _counted;

    /// <summary>The first bytes: the whole body if it has one chunk, otherwise at least one chunk.</summary>
    public ReadOnlySpan<byte> Start => (_full is [var first, ..] ? first : _last).WrittenSpan;

    /// <summary>The length so far, readable from any thread.</summary>
    public int Length { get; private set; }

    private long Room => Math.Min(maxBytes, Array.MaxLength) - Length;

    /// <summary>Appends a stream up to its end. False if it exceeds the maximum length.</summary>
    /// <param name="timeout">Watches waits for the stream; null for a stream in memory.</param>
    /// <param name="decoding">The lease of a body that is being decoded, and may need more memory than was sent.</param>
    public async ValueTask<bool> TryReadAllAsync(
        Stream stream, SlowBodyTimeout? timeout, CancellationToken cancellation, LargePushLease? decoding = null)
    {
        while (true)
        {
            if (decoding is not null)
            {
                await decoding.CoverDecodingAsync(Length);
            }

            // One byte more than fits shows that the stream is too long.
            Memory<byte> free = Free();
            ValueTask<int> reading = stream.ReadAsync(free[..(int)Math.Min(free.Length, Room + 1)], cancellation);
            if (!reading.IsCompleted)
            {
                timeout?.Watch(this);
            }
            int read = await reading;
            if (read == 0 || read > Room)
            {
                return read == 0;
            }
            Advance(read);
        }
    }

    /// <summary>Appends bytes. False if they exceed the maximum length.</summary>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Room)
        {
            return false;
        }
        Append(bytes);
        return true;
    }

    /// <summary>Appends our own bytes, which the maximum does not count.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> free = Free().Span;
            int count = Math.Min(free.Length, bytes.Length);
            bytes[..count].CopyTo(free);
            Advance(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>
    /// The whole body as one chunk. Joining chunks briefly needs the same memory again, so a body that may be large needs a lease.
    /// Invalidates the result of an earlier call.
    /// </summary>
    public ReadOnlyMemory<byte> Join()
    {
        if (_full is not null)
        {
            Join(_full);
        }
        return _last.WrittenMemory;
    }

    /// <summary>Shortens a body that was joined.</summary>
    public void Truncate(int length)
    {
        _last.Truncate(length);
        Length = length;
    }

    public void Dispose()
    {
        _full?.ForEach(piece => piece.Dispose());
        _last.Dispose();
        arriving?.Remove(_counted);
        _counted = 0;
    }

    private Memory<byte> Free()
    {
        if (_last.WrittenCount >= PieceBytes)
        {
            if (arriving is not null)
            {
                arriving.Add(PieceBytes);
                _counted += PieceBytes;
            }
            _full ??= [];
            _full.Add(_last);
            _last = new PooledBuffer(PieceBytes);
        }
        Memory<byte> free = _last.GetMemory();
        return free[..Math.Min(free.Length, PieceBytes - _last.WrittenCount)];
    }

    private void Advance(int count)
    {
        _last.Advance(count);
        Length += count;
    }

    private void Join(List<PooledBuffer> full)
    {
        var whole = new PooledBuffer(Length);
        foreach (PooledBuffer piece in full.Append(_last))
        {
            if (piece.WrittenCount > 0)
            {
                // A full buffer would grow needlessly.
                piece.WrittenSpan.CopyTo(whole.GetSpan());
                whole.Advance(piece.WrittenCount);
            }
            piece.Dispose();
        }
        _last = whole;
        _full = null;
    }
}
