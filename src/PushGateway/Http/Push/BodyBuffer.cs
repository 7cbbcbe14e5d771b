using PushGateway.Core.Model;

namespace PushGateway.Http.Push;

/// <summary>A request's body in memory that is given back when it is disposed of.</summary>
/// <remarks>
/// It grows by what arrives, never by what a client says will; in pieces, which are put together once all is there. To double
/// an array instead left 224 MB of arrays to the garbage collector for each gzip bomb that is refused at 64 MiB.
/// </remarks>
/// <param name="maxBytes">What it takes at most.</param>
internal sealed class BodyBuffer(long maxBytes = long.MaxValue) : IDisposable
{
    private const int PieceBytes = 1 << 20;

    private PooledBuffer _last = new();

    /// <summary>The pieces before the last; null for most bodies, which are no larger than one.</summary>
    private List<PooledBuffer>? _full;

    /// <summary>All of it. What was given before is not valid any more.</summary>
    public ReadOnlyMemory<byte> Written
    {
        get
        {
            if (_full is not null)
            {
                Join(_full);
            }
            return _last.WrittenMemory;
        }
    }

    /// <summary>May be asked for by any thread.</summary>
    public int Length { get; private set; }

    private long Room => Math.Min(maxBytes, Array.MaxLength) - Length;

    /// <summary>Appends what a stream holds, to its end. False if it is too much.</summary>
    /// <param name="pace">Watches how the stream comes in; null for one that does not have to be waited for.</param>
    public async ValueTask<bool> TryReadAllAsync(Stream stream, SlowBodyTimeout? pace, CancellationToken cancellation)
    {
        while (true)
        {
            // One byte more than there is room for shows that it is too much.
            Memory<byte> free = Free();
            ValueTask<int> reading = stream.ReadAsync(free[..(int)Math.Min(free.Length, Room + 1)], cancellation);
            if (!reading.IsCompleted)
            {
                pace?.Watch(this);
            }
            int read = await reading;
            if (read == 0 || read > Room)
            {
                return read == 0;
            }
            Advance(read);
        }
    }

    /// <summary>False if it is too much.</summary>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Room)
        {
            return false;
        }
        while (!bytes.IsEmpty)
        {
            Span<byte> free = Free().Span;
            int count = Math.Min(free.Length, bytes.Length);
            bytes[..count].CopyTo(free);
            Advance(count);
            bytes = bytes[count..];
        }
        return true;
    }

    /// <summary>Drops the end of what <see cref="Written"/> has given.</summary>
    public void Truncate(int length)
    {
        _last.Truncate(length);
        Length = length;
    }

    public void Dispose()
    {
        _full?.ForEach(piece => piece.Dispose());
        _last.Dispose();
    }

    private Memory<byte> Free()
    {
        if (_last.WrittenCount >= PieceBytes)
        {
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
            piece.WrittenSpan.CopyTo(whole.GetSpan());
            whole.Advance(piece.WrittenCount);
            piece.Dispose();
        }
        _last = whole;
        _full = null;
    }
}
