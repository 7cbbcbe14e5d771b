namespace PushGateway.Core.Persistence.Journal;

/// <summary>Counts the queued bytes, and delays callers while the queue holds too many.</summary>
public sealed class BackpressureGate(long maxBytes)
{
    private readonly Lock _lock = new();
    private long _bytes;
    private TaskCompletionSource? _capacity;

    public ValueTask WaitForCapacityAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_bytes < maxBytes)
            {
                return default;
            }
            _capacity ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_capacity.Task.WaitAsync(cancellation));
        }
    }

    /// <param name="bytes">Negative when bytes leave the queue.</param>
    public void Add(long bytes)
    {
        TaskCompletionSource? capacity = null;
        lock (_lock)
        {
            _bytes += bytes;
            if (_bytes < maxBytes)
            {
                (capacity, _capacity) = (_capacity, null);
            }
        }
        capacity?.SetResult();
    }
}
