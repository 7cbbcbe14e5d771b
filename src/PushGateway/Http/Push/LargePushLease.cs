namespace PushGateway.Http.Push;

/// <summary>The lease of one push, which grows with the known size of its body. Small bodies need none.</summary>
internal sealed class LargePushLease(LargePushLimiter limiter, CancellationToken cancellation) : IDisposable
{
    /// <summary>The first lease of a body that is being decoded. It needs few permits.</summary>
    private const int FirstDecodedBytes = 1 << 20;

    private IDisposable? _lease;
    private int _covered = LargePushLimiter.LargeBytes - 1;

    public bool IsHeld => _lease is not null;

    /// <summary>Waits until a body of this length may be parsed.</summary>
    public ValueTask CoverAsync(int bytes) => bytes <= _covered ? ValueTask.CompletedTask : WaitAsync(bytes);

    /// <summary>Waits until a body, whose final length is unknown, may be decoded beyond this length.</summary>
    public ValueTask CoverDecodingAsync(int bytes) =>
        bytes <= _covered ? ValueTask.CompletedTask
        : WaitAsync(bytes < FirstDecodedBytes ? FirstDecodedBytes : int.MaxValue);

    /// <summary>Releases the memory of a body that is abandoned before it is parsed.</summary>
    public void Forget(int bytes) => limiter.Forget(bytes);

    public void Dispose() => Interlocked.Exchange(ref _lease, null)?.Dispose();

    /// <summary>Releases the smaller lease first, so that two pushes never wait for each other.</summary>
    private async ValueTask WaitAsync(int bytes)
    {
        Dispose();
        _lease = await limiter.AcquireAsync(bytes, cancellation);
        _covered = bytes;
    }
}
