using System.IO.Pipelines;

namespace PushGateway.Http.Responses;

/// <summary>Writes a response that the client must read at a minimum rate overall.</summary>
/// <remarks>
/// Kestrel gives each write its own deadline, so it never disconnects an HTTP/2 client that opens its window by a byte now and
/// then. A response that never waits for its client costs nothing, since the timer starts with the first wait.
/// </remarks>
internal sealed class DeadlineWriter(HttpContext context, TimeProvider time, ClientTimeouts limits) : PipeWriter, IDisposable
{
    /// <summary>The maximum bytes that the server writes ahead of its reader.</summary>
    public const int MaxAheadBytes = 1 << 20;

    private readonly PipeWriter _output = context.Response.BodyWriter;
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private int _periods;
    private long _written;
    private bool _isDisposed;

    public override bool CanGetUnflushedBytes => _output.CanGetUnflushedBytes;

    public override long UnflushedBytes => _output.UnflushedBytes;

    public override void Advance(int bytes)
    {
        _output.Advance(bytes);
        _written += bytes;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _output.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _output.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<FlushResult> flushing = _output.FlushAsync(cancellationToken);
        if (!flushing.IsCompleted)
        {
            _timer ??= time.CreateTimer(_ => AbortIfLate(), null, limits.WriteGracePeriod, limits.WriteGracePeriod);
        }
        return flushing;
    }

    public override void CancelPendingFlush() => _output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _output.Complete(exception);

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            _isDisposed = true;
        }
    }

    private void AbortIfLate()
    {
        lock (_lock)
        {
            // The connection may already serve the next request.
            TimeSpan elapsed = ++_periods * limits.WriteGracePeriod;
            if (!_isDisposed && elapsed >= limits.ResponseDeadline(Volatile.Read(ref _written) - MaxAheadBytes))
            {
                context.Abort();
            }
        }
    }
}
