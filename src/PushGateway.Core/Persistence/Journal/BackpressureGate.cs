namespace PushGateway.Core.Persistence.Journal;

/// <summary>Counts what is queued, and holds up those who would queue more while it is too much.</summary>
internal sealed class BackpressureGate(long most)
{
    private readonly Lock _lock = new();
    private long _bytes;
    private TaskCompletionSource? _room;

    public ValueTask WaitForCapacityAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_bytes < most)
            {
                return default;
            }
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task.WaitAsync(cancellation));
        }
    }

    /// <param name="bytes">Negative for what is queued no longer.</param>
    public void Add(long bytes)
    {
        TaskCompletionSource? room = null;
        lock (_lock)
        {
            _bytes += bytes;
            if (_bytes < most)
            {
                (room, _room) = (_room, null);
            }
        }
        room?.SetResult();
    }
}
